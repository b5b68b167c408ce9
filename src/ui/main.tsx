import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './App'
import { ControllerContext } from './app/context'
import { Controller, TEXT_KEY } from './app/controller'
import { listenForKeys } from './app/keys'
import { firstScenario } from './app/scenarios'
import { spawnWorker } from './app/spawn-worker'
import { recall } from './app/storage'
import { restoreKeys } from './stores/keys-store'
import { restoreTheme } from './stores/theme-store'
import './styles/index.css'

restoreTheme()
restoreKeys()
const controller = new Controller(spawnWorker)
controller.start(recall(TEXT_KEY), firstScenario()?.text ?? '')
listenForKeys(controller)
addEventListener('pagehide', () => controller.save())

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no #root')
createRoot(root).render(
  <StrictMode>
    <ControllerContext value={controller}>
      <App />
    </ControllerContext>
  </StrictMode>,
)
