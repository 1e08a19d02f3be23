/* oxlint-disable import/no-unassigned-import -- style sheets, and a setting that must come before the rest */
import './without-eval.ts'
import '@mantine/core/styles.css'
import './theme/tokens.css'
import { MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { createAppRouter } from './app/router.tsx'
import { createServices, ServicesContext } from './app/services.ts'
import { startLanguage } from './i18n/language.ts'
import { styleNonce } from './style-nonce.ts'
import { cssVariables, mantineTheme } from './theme/mantine-theme.ts'

await startLanguage()
const services = createServices()
const router = createAppRouter(services)

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <ServicesContext value={services}>
      <QueryClientProvider client={services.queries}>
        <MantineProvider
          theme={mantineTheme}
          cssVariablesResolver={cssVariables}
          defaultColorScheme="auto"
          getStyleNonce={styleNonce}
        >
          <RouterProvider router={router} />
        </MantineProvider>
      </QueryClientProvider>
    </ServicesContext>
  </StrictMode>,
)
