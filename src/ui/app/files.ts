/** Flows from and to files. A file is opened over the text as any other source is, and never instead of it. */
import { takeFile } from '../keep/text-file'
import { textStore } from '../stores/text-store'
import type { Controller } from './controller'

/** Lets the reader choose a file. */
export function chooseFile(controller: Controller): void {
  const input = document.createElement('input')
  input.type = 'file'
  input.accept = '.flow,.txt,.eml,.mbox,text/plain,message/rfc822'
  input.hidden = true
  input.addEventListener('change', () => void openFile(controller, input.files?.[0]))
  for (const end of ['change', 'cancel']) input.addEventListener(end, () => input.remove())
  // In the page, so that it lives for as long as the reader takes.
  document.body.append(input)
  input.click()
}

/** Hands the text to the reader as a file named after its title. */
export function saveFile(text: string = textStore.getState().text): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain;charset=utf-8' }))
  const link = document.createElement('a')
  link.href = url
  link.download = fileName(text)
  link.click()
  // The download has begun by the next task; the text is no longer needed then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

/** Letters, digits and dashes only: every file system takes it. */
export function fileName(text: string): string {
  const title = /^[ \t]*#title[ \t]+(\S.*)$/m.exec(text)?.[1] ?? ''
  const words = title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 60)
  return `${words === '' ? 'scenario' : words}.flow`
}

/** A file dropped anywhere on the page is opened; returns how to stop. */
export function listenForDrops(controller: Controller): () => void {
  const mark = (isOver: boolean) => document.documentElement.toggleAttribute('data-file-over', isOver)
  const onOver = (event: DragEvent) => {
    if (!hasFile(event)) return
    event.preventDefault()
    mark(true)
  }
  const onLeave = (event: DragEvent) => event.relatedTarget === null && mark(false)
  const onDrop = (event: DragEvent) => {
    mark(false)
    if (!hasFile(event)) return
    // Before the editor, which would paste the file where it was dropped.
    event.preventDefault()
    event.stopPropagation()
    void openFile(controller, event.dataTransfer?.files[0])
  }
  addEventListener('dragover', onOver, true)
  addEventListener('dragleave', onLeave, true)
  addEventListener('drop', onDrop, true)
  return () => {
    removeEventListener('dragover', onOver, true)
    removeEventListener('dragleave', onLeave, true)
    removeEventListener('drop', onDrop, true)
  }
}

function hasFile({ dataTransfer }: DragEvent): boolean {
  return dataTransfer?.types.includes('Files') ?? false
}

async function openFile(controller: Controller, file: File | undefined): Promise<void> {
  if (file === undefined) return
  const taken = await takeFile(file)
  textStore.setState({ problem: taken.ok ? null : taken.problem })
  if (taken.ok) controller.open(taken.text, { from: 'file', title: file.name })
}
