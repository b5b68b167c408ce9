/**
 * The one thing a host or a client needs of the outside: something to post to and something that
 * posts back. A dedicated worker's scope, a Worker and a MessagePort all fit.
 */
export interface Endpoint {
  postMessage(message: unknown): void
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void
  removeEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void
}
