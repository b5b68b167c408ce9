/** The x86-64 layout under the names of those who walk it. */
export { amdV2, vtdFs } from './paging'
