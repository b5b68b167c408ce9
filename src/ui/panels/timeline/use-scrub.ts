/**
 * Pointer and wheel on the scrubber. Moves within a frame are one move, to the last place asked for: a
 * fast drag over thousands of steps asks for as many as can be painted.
 */
import { type PointerEvent, useEffect, useRef, type WheelEvent } from 'react'
import { useController } from '../../app/context'
import { viewStore } from '../../stores/view-store'

/** Wheel travel, in CSS pixels, of one step. */
const NOTCH = 40

export interface Scrub {
  readonly onPointerDown: (event: PointerEvent<HTMLElement>) => void
  readonly onPointerMove: (event: PointerEvent<HTMLElement>) => void
  readonly onWheel: (event: WheelEvent<HTMLElement>) => void
}

/** The step under a place of the scrubber. Where a pixel is several steps, the first is the start and the last the end. */
export function stepAt(x: number, width: number, cells: number): number {
  const whole = cells > width ? width - 1 : width
  return Math.max(0, Math.min(cells - 1, Math.floor((x / whole) * cells)))
}

/** `cells`: places on the scrubber, the start included. */
export function useScrub(cells: number): Scrub {
  const goTo = useLastOfFrame()
  const travel = useRef(0)
  const toPointer = (event: PointerEvent<HTMLElement>) => {
    const { left, width } = event.currentTarget.getBoundingClientRect()
    goTo(stepAt(event.clientX - left, width, cells))
  }
  return {
    onPointerDown: event => {
      event.currentTarget.setPointerCapture(event.pointerId)
      toPointer(event)
    },
    onPointerMove: event => {
      if (event.buttons === 1) toPointer(event)
    },
    onWheel: event => {
      if (event.ctrlKey) return
      const delta = event.deltaMode === 0 ? event.deltaY + event.deltaX : Math.sign(event.deltaY) * NOTCH
      travel.current += delta
      const by = Math.trunc(travel.current / NOTCH)
      travel.current -= by * NOTCH
      if (by !== 0) goTo(viewStore.getState().step + by)
    },
  }
}

function useLastOfFrame(): (step: number) => void {
  const controller = useController()
  const wanted = useRef<number | null>(null)
  const frame = useRef(0)
  useEffect(() => () => cancelAnimationFrame(frame.current), [])
  return step => {
    if (wanted.current === null) {
      frame.current = requestAnimationFrame(() => {
        if (wanted.current !== null) void controller.goTo(wanted.current)
        wanted.current = null
      })
    }
    wanted.current = step
  }
}
