/**
 * The content security policy of the page: what runs and what is asked for comes from where the page
 * came from, and nothing else. It is sent as a header and built into index.html, so that a copy of
 * `dist` on any static host has it too.
 *
 * Styles may be inline because CodeMirror writes its rules into a style element; scripts may not.
 */

/** The one policy that may make script URLs: that of the engine's worker. */
export const WORKER_URL_POLICY = 'ioas-worker-url'

const DIRECTIVES = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "connect-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  `trusted-types ${WORKER_URL_POLICY}`,
]

/** For a meta element, which may not carry frame-ancestors. */
export const META_POLICY = DIRECTIVES.join('; ')

export const HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': `${META_POLICY}; frame-ancestors 'none'`,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
}
