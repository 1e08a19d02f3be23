import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { readJournal } from '../actions/action-journal.ts'
import { localOutboxStore } from './outbox-store.ts'

/** Before the sign-in: what people did on this device and the server has not heard yet. */
export function WaitingNotice() {
  const { t } = useTranslation()
  const [count, setCount] = useState(0)
  useEffect(() => {
    // A browser that keeps nothing has nothing waiting.
    Promise.all([localOutboxStore.all(), readJournal()]).then(
      ([entries, actions]) =>
        setCount(entries.filter(({ problem }) => problem === null).length + actions.length),
      () => setCount(0),
    )
  }, [])
  return count === 0 ? null : <p role="status">{t('me.signInWaiting', { count })}</p>
}
