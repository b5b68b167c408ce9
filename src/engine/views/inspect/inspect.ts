/** One question of a reader, one answer, for the step where the session stands. */
import { unreachable } from '../../bits'
import type { FlowSession } from '../../session/session'
import { spaceOf, tableSpaceOf } from '../object-fields'
import { accountingView } from './accounting'
import { areasWindow } from './areas'
import { cacheViews } from './caches'
import { changesOf } from './changes'
import type { InspectAnswer, InspectQuery } from './contract'
import { refusalView } from './refusal'
import { structViews } from './structs'
import { tableWindow } from './table-window'

export function inspect(session: FlowSession, query: InspectQuery): InspectAnswer {
  switch (query.what) {
    case 'table': {
      const space = tableSpaceOf(session, query.id)
      return { what: 'table', view: space === null ? null : tableWindow(session, space, query) }
    }
    case 'areas': {
      const space = spaceOf(session, query.id)
      return { what: 'areas', view: space === null ? null : areasWindow(session, space, query) }
    }
    case 'structs':
      return { what: 'structs', view: structViews(session, query.id) }
    case 'caches':
      return { what: 'caches', view: cacheViews(session) }
    case 'accounting':
      return { what: 'accounting', view: accountingView(session, query) }
    case 'changes':
      return { what: 'changes', view: changesOf(session, query.target) }
    case 'refusal':
      return { what: 'refusal', view: refusalView(session) }
    default:
      return unreachable(query)
  }
}
