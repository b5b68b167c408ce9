/** What was pasted before there is a workbench: a flow, or a link of this page. */
import { showScreen } from '../stores/frame-store'
import type { Controller } from './controller'

const LINK = /(?:#|%23|[?&]s=)(v\d+\.[\w.-]{8,}|g\.[\w.:-]+)/
const CODE = /\b(?:ioctl|open)\s*\(|^\s*#(?:title|dialect|device|memory|policy|platform)\b/m

/** Opens it on the workbench. A link goes through the address bar, as if it had been followed. */
export function readPaste(controller: Controller, pasted: string): void {
  const link = CODE.test(pasted) ? null : LINK.exec(pasted)
  if (link === null) controller.open(pasted, { from: 'paste', title: 'the pasted flow' })
  else location.hash = `#${link[1]}`
  showScreen('workbench')
}
