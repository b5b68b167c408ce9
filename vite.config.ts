import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'
import { META_POLICY } from './src/server/policy'

/** The development server needs inline scripts of its own, so only the built page carries the policy. */
const contentPolicy: Plugin = {
  name: 'content-policy',
  apply: 'build',
  transformIndexHtml: () => [
    {
      tag: 'meta',
      attrs: { 'http-equiv': 'Content-Security-Policy', content: META_POLICY },
      injectTo: 'head-prepend',
    },
  ],
}

/** Parts of React Flow that the graph does not have, by their selectors. */
const UNUSED_PARTS =
  /minimap|controls|attribution|resize-control|selection|background|connection|edgeupdater|__panel|\.dark|edge-text|node-(?:input|default|output|group)/

/** Steps of an animation are no rules. */
const isUsed = (selector: string) => selector.includes('.') && !UNUSED_PARTS.test(selector)

/** Leaves the rules of unused parts out of React Flow's style sheet: half of it. */
const leanGraphStyles: Plugin = {
  name: 'lean-graph-styles',
  apply: 'build',
  enforce: 'pre',
  transform(code, id) {
    if (!id.includes('@xyflow/react/dist/base.css')) return null
    const rules = code.replace(/\/\*[\s\S]*?\*\//g, '').match(/[^{}]+\{[^{}]*\}/g) ?? []
    const used = rules.filter(rule => rule.slice(0, rule.indexOf('{')).split(',').some(isUsed))
    return { code: used.join(''), map: null }
  },
}

/** Runs before the page: starts the engine, which a first picture waits for longest. */
const EARLY = '/src/ui/early.ts'
/** Fetched beside the page's own chunk rather than when it asks: what draws the first graph, and what reads links. */
const SOON = ['/src/ui/panels/graph/GraphPanel.tsx', '/src/share/index.ts']

/** Names in index.html what a first picture waits for, so that all of it is fetched at once. */
const fetchedAtOnce: Plugin = {
  name: 'fetched-at-once',
  apply: 'build',
  transformIndexHtml: {
    order: 'post',
    handler(html, { bundle = {} }) {
      const chunks = Object.values(bundle).filter(output => output.type === 'chunk')
      const holding = (module: string) => {
        const found = chunks.find(({ moduleIds }) => moduleIds.some(id => id.endsWith(module)))
        if (found === undefined) throw new Error(`No chunk holds ${module}`)
        return found
      }
      const early = holding(EARLY).fileName
      const soon = SOON.map(holding).flatMap(({ fileName, imports }) => [fileName, ...imports])
      const links = [...new Set(soon)].filter(file => file !== early && !html.includes(file))
      const attrs = { type: 'module', async: true, crossorigin: true, src: `./${early}` }
      return [
        // Without `async` it would wait for the style sheet. A module runs once, whoever else names it.
        { tag: 'script', attrs, injectTo: 'head' },
        ...links.map(file => ({
          tag: 'link',
          attrs: { rel: 'modulepreload', crossorigin: true, href: `./${file}` },
          injectTo: 'head' as const,
        })),
      ]
    },
  },
}

export default defineConfig({
  base: './',
  plugins: [react(), tailwindcss(), fetchedAtOnce, contentPolicy, leanGraphStyles],
  worker: { format: 'es' },
  build: {
    target: 'es2023',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    manifest: true,
    // Modules of the engine do nothing when loaded, so the page need not carry those it takes no name from.
    rolldownOptions: {
      treeshake: { moduleSideEffects: [{ test: /\/src\/engine\//, sideEffects: false }] },
      output: {
        codeSplitting: {
          groups: [
            {
              name: 'early',
              test: /\/src\/ui\/(?:early|app\/early-worker|app\/spawn-worker|share\/codec)\.ts|preload-helper/,
              priority: 2,
            },
            // All that the page begins with in one file: many small ones each wait for a round trip.
            { name: 'page', tags: ['$initial'], priority: 1 },
            {
              name: 'shared',
              test: /\/src\/ui\/widgets\/(?:Glyph|Mark|Word)|\/lucide-react\//,
              minShareCount: 2,
            },
          ],
        },
      },
    },
  },
})
