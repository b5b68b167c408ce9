import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './App'
import { followBreakpoints } from './app/breakpoints'
import { ControllerContext } from './app/context'
import { Controller } from './app/controller'
import { listenForDrops } from './app/files'
import { chooseFirstScreen } from './app/first-screen'
import { listenForKeys } from './app/keys'
import { createPageKeeper } from './app/page-keeper'
import { spawnWorker } from './app/spawn-worker'
import { askedBy } from './share/address'
import { AddressBar } from './share/address-bar'
import { loadCodec } from './share/codec'
import { setAddressBar } from './share/share-actions'
import { restoreKeys } from './stores/keys-store'
import { restoreTheme } from './stores/theme-store'
import './styles/index.css'

restoreTheme()
restoreKeys()
const controller = new Controller(spawnWorker, createPageKeeper())
const address = new AddressBar(controller)
setAddressBar(address)
if (askedBy(location).kind === 'link') void loadCodec()
await controller.start('')
chooseFirstScreen()
await address.start()
listenForKeys(controller)
followBreakpoints(controller)
listenForDrops(controller)

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no #root')
createRoot(root).render(
  <StrictMode>
    <ControllerContext value={controller}>
      <App />
    </ControllerContext>
  </StrictMode>,
)
