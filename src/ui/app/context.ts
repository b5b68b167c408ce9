/** Hands the one controller to components without a global. */
import { createContext, useContext } from 'react'
import type { Controller } from './controller'

export const ControllerContext = createContext<Controller | null>(null)

export function useController(): Controller {
  const controller = useContext(ControllerContext)
  if (controller === null) throw new Error('No controller above this component')
  return controller
}
