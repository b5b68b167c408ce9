/** What was pasted before there is a workbench: a flow, or a link of this page, be it inside a mail. */
import { askedBy } from '../share/address'
import { addressBar } from '../share/share-actions'
import { showScreen } from '../stores/frame-store'
import type { Controller } from './controller'

const LINK = /v[1-9]\d*\.[\da-z]{1,4}\.[\w-]{6}/
const GALLERY = /#(g\.[\w.:-]+)\s*$/
const CODE = /\b(?:ioctl|open)\s*\(|^\s*#(?:title|dialect|device|memory|policy|platform)\b/m

/** Opens it on the workbench. */
export function readPaste(controller: Controller, pasted: string): void {
  const hash = `#${GALLERY.exec(pasted)?.[1] ?? ''}`
  if (askedBy({ hash, href: hash }).kind === 'gallery') location.hash = hash
  else if (CODE.test(pasted) || !LINK.test(pasted))
    controller.open(pasted, { from: 'paste', title: 'the pasted flow' })
  else void addressBar()?.arriveBy(pasted)
  showScreen('workbench')
}
