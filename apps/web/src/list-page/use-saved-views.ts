import { createId, type SavedView, type SavedViewId } from '@fleet/domain'
import { ApiError } from '@fleet/api'
import { IconBookmark } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { pages } from '../app/pages.ts'
import { useServices } from '../app/services.ts'
import { useMay, useRole } from '../app/session.ts'
import type { PaletteEntry } from '../palette/palette-registry.ts'
import { serverWords } from '../i18n/language.ts'

const viewsKey = ['views'] as const
const none: readonly SavedView[] = []

export interface SavedViews {
  readonly views: readonly SavedView[]
  readonly open: (view: SavedView) => void
  /** Saves, or saves under another name. @returns whether it was */
  readonly save: (view: Omit<SavedView, 'id'> & { readonly id?: SavedViewId }) => Promise<boolean>
  readonly remove: (view: SavedView) => Promise<void>
}

/** The views of whoever is signed in. The message about each change takes it back. */
export function useSavedViews(): SavedViews {
  const { t } = useTranslation()
  const { api, queries, toasts, live } = useServices()
  const navigate = useNavigate()
  const may = useMay('listSavedViews')
  const { data: views = none } = useQuery({
    queryKey: viewsKey,
    enabled: may,
    queryFn: async ({ signal }) => (await api.call('listSavedViews', { signal })).items,
  })

  return useMemo(() => {
    async function tell(
      change: () => Promise<unknown>,
      done: string,
      undo?: () => Promise<unknown>,
    ): Promise<boolean> {
      try {
        await change()
      } catch (error) {
        const detail = error instanceof ApiError ? serverWords(error.problem.detail) : t('action.unreachable')
        toasts.show({ tone: 'failed', text: t('action.refused'), detail })
        return false
      } finally {
        await queries.invalidateQueries({ queryKey: viewsKey })
      }
      const takeBack = undo && {
        label: t('action.undo'),
        run: () => void tell(undo, t('action.undone', { done })),
      }
      toasts.show({ tone: 'done', text: done, ...(takeBack && { action: takeBack }) })
      return true
    }
    const put = ({ id, name, page, search }: SavedView) =>
      api.call('putSavedView', { params: { id }, body: { name, page, search } })
    const forget = (id: SavedViewId) => api.call('removeSavedView', { params: { id } })
    return {
      views,
      open: ({ page, search }) =>
        void navigate({ to: page as '/', search: Object.fromEntries(new URLSearchParams(search)) }),
      save: (view) => {
        const before = views.find(({ id }) => id === view.id)
        if (before !== undefined)
          return tell(
            () => put({ ...before, ...view }),
            t('views.done.rename', { name: view.name }),
            () => put(before),
          )
        const id = createId<SavedViewId>(live.serverNowMs(), crypto.getRandomValues(new Uint8Array(10)))
        return tell(
          () => put({ ...view, id }),
          t('views.done.save', { name: view.name }),
          () => forget(id),
        )
      },
      remove: async (view) => {
        await tell(
          () => forget(view.id),
          t('views.done.remove', { name: view.name }),
          () => put(view),
        )
      },
    }
  }, [api, queries, toasts, views, navigate, live, t])
}

/** For the palette: every saved view, on every page. */
export function useSavedViewEntries(): readonly PaletteEntry[] {
  const { t } = useTranslation()
  const role = useRole()
  const { views, open } = useSavedViews()
  return useMemo(
    () =>
      views.flatMap((view): PaletteEntry[] => {
        const page = pages.find(({ path }) => path === view.page)
        if (page === undefined || role === undefined || !page.roles.includes(role)) return []
        return [
          {
            id: `view-${view.id}`,
            group: 'page',
            icon: IconBookmark,
            title: view.name,
            detail: t(page.label),
            keywords: t('views.title'),
            run: () => open(view),
          },
        ]
      }),
    [views, open, role, t],
  )
}
