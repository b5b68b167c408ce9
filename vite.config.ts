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

export default defineConfig({
  base: './',
  plugins: [react(), tailwindcss(), contentPolicy, leanGraphStyles],
  worker: { format: 'es' },
  build: {
    target: 'es2023',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    manifest: true,
    // Modules of the engine do nothing when loaded, so the page need not carry those it takes no name from.
    rolldownOptions: { treeshake: { moduleSideEffects: [{ test: /\/src\/engine\//, sideEffects: false }] } },
  },
})
