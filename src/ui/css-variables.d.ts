/** Lets components hand numbers to their styles as custom properties. */
import 'react'

declare module 'react' {
  interface CSSProperties {
    readonly [name: `--${string}`]: string | number | undefined
  }
}
