/** Every view of the page and how to get there, for tests that look at all of them. Each starts from any other. */
import { type Playground, scenario } from './page-object'

export interface View {
  readonly name: string
  readonly go: (playground: Playground) => Promise<void>
}

const FLOW = scenario('multiple-ioasids')
const REFUSED = `${FLOW}\nioctl(ioasid_fd, IOASID_MAP_DMA, &dma_map);\n`

/** Somewhere that takes no keys of its own, with nothing open. */
async function rest({ page }: Playground): Promise<void> {
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: /^Theme/ }).focus()
}

async function command(playground: Playground, words: string): Promise<void> {
  const { page } = playground
  await rest(playground)
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: /Command/ }).fill(words)
  await page.keyboard.press('Enter')
}

const dialog = (words: string, name: string) => async (playground: Playground) => {
  await command(playground, words)
  await playground.page.getByRole('dialog', { name, exact: true }).waitFor()
}

const tab = (name: string) => async (playground: Playground) => {
  await rest(playground)
  await playground.graph.getByRole('button', { name: /^space, giova_ioasid/ }).click()
  await playground.inspector.getByRole('tab', { name: new RegExp(name) }).click()
}

export const VIEWS: readonly View[] = [
  {
    name: 'first visit',
    go: async ({ page }) => {
      await page.getByRole('region', { name: 'Gallery' }).waitFor()
      await page.locator('svg.mini').first().waitFor()
    },
  },
  {
    name: 'workbench',
    go: async playground => {
      await playground.page.getByRole('link', { name: /^Two devices, two IOASIDs, memory/ }).click()
      await playground.ran()
    },
  },
  { name: 'areas', go: tab('Areas') },
  { name: 'page table', go: tab('Page table') },
  { name: 'translate', go: tab('Translate') },
  { name: 'caches', go: tab('Caches') },
  { name: 'accounting', go: tab('Accounting') },
  {
    name: 'device',
    go: async playground => {
      await rest(playground)
      await playground.graph.getByRole('button', { name: /^device, dev2/ }).click()
    },
  },
  {
    name: 'outline',
    go: async playground => {
      await rest(playground)
      await playground.page.keyboard.press('o')
      await playground.graph.getByRole('tree').waitFor()
    },
  },
  {
    name: 'picture again, at step 16',
    go: async playground => {
      await rest(playground)
      await playground.page.keyboard.press('o')
      await playground.goTo(16)
    },
  },
  {
    name: 'palette',
    go: async playground => {
      await rest(playground)
      await playground.page.keyboard.press('Control+k')
      await playground.page.getByRole('combobox', { name: /Command/ }).waitFor()
    },
  },
  { name: 'keys', go: dialog('All keys', 'Keys') },
  { name: 'history', go: dialog('History', 'History') },
  { name: 'policy', go: dialog('Choose the policy', 'Policy') },
  { name: 'platform', go: dialog('Choose the platform', 'Platform') },
  { name: 'dialect', go: dialog('Choose the dialect', 'Dialect') },
  {
    name: 'breakpoints',
    go: async playground => {
      await rest(playground)
      await playground.page.getByRole('button', { name: /^Breakpoints/ }).click()
      await playground.page.getByRole('dialog', { name: 'Breakpoints' }).waitFor()
    },
  },
  {
    name: 'a refused call',
    go: async playground => {
      await rest(playground)
      await playground.paste(REFUSED)
      await playground.flow.getByText('-EEXIST').first().waitFor()
    },
  },
  {
    name: 'a nested walk as a staircase',
    go: async playground => {
      await playground.paste(scenario('vsva'))
      await playground.page.getByRole('heading', { level: 1, name: /^vSVA/ }).waitFor()
      await rest(playground)
      await playground.page.keyboard.press('End')
      await playground.graph.getByRole('button', { name: /^space, gva_ioasid/ }).click()
      await playground.page.keyboard.press('w')
      await playground.page.getByRole('list', { name: /^Row 5/ }).waitFor()
    },
  },
  {
    name: 'a table of the guest',
    go: async playground => {
      await playground.page.getByRole('button', { name: 'Back to the flow' }).click()
      await playground.inspector.getByRole('tab', { name: /Page table/ }).click()
      await playground.inspector.getByText('Written by the guest').waitFor()
    },
  },
  {
    name: 'then and now',
    go: async playground => {
      await command(playground, 'Then and now')
      await playground.page.getByRole('table', { name: 'Calls then and now' }).waitFor()
    },
  },
  {
    name: 'matrix',
    go: async playground => {
      await rest(playground)
      await playground.page.keyboard.press('x')
      await playground.page.getByRole('button', { name: /^map on kernel-managed root: ok/ }).waitFor()
      await playground.page.getByRole('button', { name: /^bind pgtable on kernel-managed root/ }).click()
      await playground.page.getByRole('article', { name: /^Rule/ }).waitFor()
    },
  },
  {
    name: 'differences of the matrix',
    go: async ({ page }) => {
      await page.getByText('differences').click()
      await page.locator('.differs').first().waitFor()
      await page.getByRole('button', { name: 'Back to the flow' }).click()
    },
  },
  {
    name: 'compare',
    go: async playground => {
      await playground.paste(scenario('prereg-command'))
      await playground.page.getByRole('heading', { level: 1, name: /^The same three levels/ }).waitFor()
      await rest(playground)
      await playground.page.keyboard.press('v')
      await playground.page.getByRole('table', { name: 'Cost' }).waitFor()
      await playground.page.locator('svg.mini').first().waitFor()
    },
  },
  {
    name: 'a design that cannot be',
    go: async ({ page }) => {
      await page.getByRole('combobox', { name: 'Design of column B' }).fill('prereg=never')
      await page.keyboard.press('Enter')
      await page.getByRole('alert').waitFor()
      await page.getByRole('button', { name: 'Back to the flow' }).click()
    },
  },
  {
    name: 'an error in the text',
    go: async playground => {
      await playground.paste(`ioctl(\n${FLOW}`)
      await playground.page.getByRole('alert').filter({ hasText: /Line/ }).waitFor()
    },
  },
]
