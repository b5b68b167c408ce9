/** What Share, Ctrl+S and Copy for mail do. */
import type { Controller } from '../app/controller'
import { openPopup } from '../stores/frame-store'
import { runStore } from '../stores/run-store'
import { toast } from '../stores/share-store'
import { textStore } from '../stores/text-store'
import type { AddressBar } from './address-bar'
import { copyText } from './clipboard'

/** From here on mail programs and chats cut addresses, and a file is the better way. Characters. */
export const LONG_LINK = 8000
/** From here on some browsers do, too. */
export const VERY_LONG_LINK = 32_768

let bar: AddressBar | null = null

/** Called once, by the page. */
export function setAddressBar(addressBar: AddressBar): void {
  bar = addressBar
}

export function addressBar(): AddressBar | null {
  return bar
}

/** Copies the link of what is shown, and says how it went. */
export async function copyLink(): Promise<void> {
  const address = (await bar?.writeNow()) ?? null
  if (address === null) return openPopup('share')
  const copied = await copyText(address)
  if (!copied) return openPopup('share')
  toast(`Link copied: ${address.length.toLocaleString('en-US')} characters${lengthAdvice(address.length)}`)
}

function lengthAdvice(length: number): string {
  return length > LONG_LINK ? '. Many programs cut links this long; Share offers a file.' : '.'
}

/** Copies the drawing, the steps and the link as plain text. */
export async function copyForMail(controller: Controller): Promise<void> {
  const made = await mailText(controller)
  if (made === null) return toast('There is nothing to copy yet: the flow has not run.')
  const copied = await copyText(made)
  toast(copied ? 'Copied for mail: drawing, steps and link.' : 'The browser did not allow copying.')
}

/** The block for mail, or null where nothing has run. */
export async function mailText(controller: Controller): Promise<string | null> {
  const address = (await bar?.writeNow()) ?? ''
  if (runStore.getState().newest?.revision !== textStore.getState().revision) await controller.run()
  const isOfTheText = runStore.getState().shown?.revision === textStore.getState().revision
  const outcome = await controller.mail(isOfTheText ? address : '')
  return outcome.ok ? outcome.value.text : null
}
