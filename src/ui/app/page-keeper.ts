/** The keeper of this page, with what the browser has for it. */
import { Archive } from '../keep/archive'
import { draftsIn } from '../keep/drafts'
import { Keeper } from '../keep/keeper'
import { claimDocument, randomId, sessionOf } from '../keep/tab-document'
import { textStore } from '../stores/text-store'

const RELOAD_PATIENCE_MS = 300

export function createPageKeeper(): Keeper {
  const keeper = new Keeper({
    archive: () => Archive.open(),
    claim: () =>
      claimDocument({
        session: sessionOf(window),
        locks: navigator.locks ?? null,
        newId: randomId,
        patienceMs: RELOAD_PATIENCE_MS,
      }),
    drafts: draftsIn(() => localStorage),
    onSaved: saved => textStore.setState({ saved }),
    occasion: () => (textStore.getState().untouched ? 'opened' : 'written'),
    now: () => Date.now(),
  })
  addEventListener('pagehide', () => keeper.leave())
  document.addEventListener('visibilitychange', () => document.hidden && keeper.leave())
  return keeper
}
