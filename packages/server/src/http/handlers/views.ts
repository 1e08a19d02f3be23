import type { Handlers } from '../call.ts'
import { refusalProblem } from '../problem.ts'
import type { HandlerDeps } from './deps.ts'

export function viewHandlers({
  store,
  now,
}: HandlerDeps): Pick<Handlers, 'listSavedViews' | 'putSavedView' | 'removeSavedView'> {
  return {
    listSavedViews: async (call) => ({ body: { items: await store.savedViews(call.signedIn.user.id) } }),
    async putSavedView(call) {
      const view = { id: call.params.id, ...call.body, name: call.body.name.trim() }
      const saved = await store.putSavedView(call.signedIn.user.id, view, now())
      if (!saved.ok) throw refusalProblem(saved.refusal)
      return { body: undefined }
    },
    async removeSavedView(call) {
      await store.removeSavedView(call.signedIn.user.id, call.params.id)
      return { body: undefined }
    },
  }
}
