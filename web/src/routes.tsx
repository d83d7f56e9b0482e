import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
} from '@tanstack/react-router'
import { z } from 'zod'
import { problemOf } from './api/http.ts'
import { CataloguePage } from './pages/catalogue/catalogue-page.tsx'
import { NotFoundPage } from './pages/not-found/not-found-page.tsx'
import { Trouble } from './ui/trouble.tsx'

const root = createRootRoute({
  component: Outlet,
  notFoundComponent: NotFoundPage,
  errorComponent: ({ error }) => <Trouble problem={problemOf(error)} onRetry={() => location.reload()} />,
})

/** What the catalogue shows is in its address, so that it can be kept and sent. */
const filter = z.object({
  q: z.string().max(100).optional().catch(undefined),
  track: z.string().max(100).optional().catch(undefined),
  state: z.enum(['not-started', 'under-way', 'passed']).optional().catch(undefined),
})

const catalogue = createRoute({
  getParentRoute: () => root,
  path: '/',
  validateSearch: filter,
  component: CataloguePage,
})

const lab = createRoute({
  getParentRoute: () => root,
  path: '/labs/$slug',
  component: lazyRouteComponent(() => import('./pages/lab/lab-page.tsx'), 'LabPage'),
})

export const createAppRouter = () =>
  createRouter({ routeTree: root.addChildren([catalogue, lab]), defaultPreload: 'intent' })

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>
  }
}
