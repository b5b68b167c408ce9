/** Opens what a link or a gallery code says, over the author's text, which stays one undo away. */
import type { LinkView } from '../../share'
import type { Controller } from '../app/controller'
import { textStore } from '../stores/text-store'
import type { Asked } from './address'
import { loadCodec } from './codec'
import { applyView } from './view-fields'

export type Followed = { readonly ok: true } | { readonly ok: false; readonly message: string }

export async function follow(controller: Controller, asked: Asked | string): Promise<Followed> {
  if (typeof asked === 'string') return followLink(controller, asked)
  if (asked.kind === 'link') return followLink(controller, asked.address)
  if (asked.kind === 'gallery') return openGallery(controller, asked.code, asked.step)
  return { ok: true }
}

/** The item of the gallery that has a code, at its end unless a step is given. */
async function openGallery(controller: Controller, code: string, step: number | null): Promise<Followed> {
  const gallery = await import('../app/scenarios').catch(() => null)
  const found = gallery?.scenarioByCode(code) ?? null
  if (found === null) return { ok: false, message: `The gallery has no item ${code}.` }
  controller.open(found.text, { from: 'example', title: found.title })
  show(controller, step === null ? {} : { step })
  return { ok: true }
}

async function followLink(controller: Controller, pasted: string): Promise<Followed> {
  const codec = await loadCodec().catch(() => null)
  if (codec === null) return { ok: false, message: 'The part of the page that reads links did not load.' }
  const opened = codec.openLink(pasted)
  if (!opened.ok) return { ok: false, message: codec.linkProblemText(opened.problem) }
  const { text, view } = opened.value
  controller.open(text, { from: 'link', title: titleOf(text) })
  show(controller, view)
  return { ok: true }
}

/** Back where the reader stood in the text that was kept; a text newer than the link stays as it is. */
export async function returnTo(controller: Controller, address: string): Promise<void> {
  const codec = await loadCodec().catch(() => null)
  const opened = codec?.openLink(address)
  if (opened?.ok === true && opened.value.text === textStore.getState().text)
    show(controller, opened.value.view)
}

/** The view stands before the run answers, so that nothing else is shown on the way. */
function show(controller: Controller, view: LinkView): void {
  applyView(view)
  void controller.run()
}

function titleOf(text: string): string {
  return /^[ \t]*#title[ \t]+(.+)$/m.exec(text)?.[1]?.trim() ?? 'a flow'
}
