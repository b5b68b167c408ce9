import './early'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './App'
import { followBreakpoints } from './app/breakpoints'
import { ControllerContext } from './app/context'
import { Controller } from './app/controller'
import { takeWorker } from './app/early-worker'
import { listenForDrops } from './app/files'
import { chooseFirstScreen } from './app/first-screen'
import { listenForKeys } from './app/keys'
import { createPageKeeper } from './app/page-keeper'
import { askedBy } from './share/address'
import { AddressBar } from './share/address-bar'
import { setAddressBar } from './share/share-actions'
import { restoreKeys } from './stores/keys-store'
import { restoreTheme } from './stores/theme-store'
import './styles/index.css'
import { fetchGraph } from './Workbench'

void begin()

/** No await at the top: parts fetched meanwhile import from this module's file, and would wait for it for ever. */
async function begin(): Promise<void> {
  restoreTheme()
  restoreKeys()
  const controller = new Controller(takeWorker, createPageKeeper())
  const address = new AddressBar(controller)
  setAddressBar(address)
  if (askedBy(location).kind !== 'nothing') void fetchGraph()
  await controller.start('')
  chooseFirstScreen()
  await address.start()
  controller.runFirst()
  listenForKeys(controller)
  followBreakpoints(controller)
  listenForDrops(controller)
  draw(controller)
}

function draw(controller: Controller): void {
  const root = document.getElementById('root')
  if (root === null) throw new Error('index.html has no #root')
  createRoot(root).render(
    <StrictMode>
      <ControllerContext value={controller}>
        <App />
      </ControllerContext>
    </StrictMode>,
  )
}
