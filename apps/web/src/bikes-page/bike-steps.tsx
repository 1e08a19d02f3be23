import type { Bike } from '@fleet/domain'
import { Button, Menu } from '@mantine/core'
import { IconDots, IconMap2, IconTrash } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useAction } from '../actions/use-actions.ts'
import { useMay } from '../app/session.ts'
import { nextBikeStep, possibleBikeSteps, removeBikeAction, stepBikeAction } from './bike-actions.ts'

interface BikeStepsProps {
  readonly bike: Bike
  readonly onRemoved: () => void
}

/** The next step as a button, all others in a menu beside it. */
export function BikeSteps({ bike, onRemoved }: BikeStepsProps) {
  const { t } = useTranslation()
  const run = useAction()
  const navigate = useNavigate()
  const mayStep = useMay('stepBike')
  const mayRemove = useMay('removeBike')
  const possible = mayStep ? possibleBikeSteps(bike) : []
  const next = possible.find((event) => event === nextBikeStep[bike.status])
  const remove = async () => {
    if ((await run(removeBikeAction(t, bike))).ok) onRemoved()
  }
  return (
    <>
      {next !== undefined && (
        <Button size="xs" onClick={() => void run(stepBikeAction(t, bike, next))}>
          {t(`bike.step.${next}`)}
        </Button>
      )}
      <Menu position="bottom-end" shadow="md" withinPortal>
        <Menu.Target>
          <Button size="xs" variant="default" px={8} aria-label={t('bike.more')}>
            <IconDots size={16} aria-hidden />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {possible
            .filter((event) => event !== next)
            .map((event) => (
              <Menu.Item key={event} onClick={() => void run(stepBikeAction(t, bike, event))}>
                {t(`bike.step.${event}`)}
              </Menu.Item>
            ))}
          <Menu.Item
            leftSection={<IconMap2 size={16} aria-hidden />}
            onClick={() => void navigate({ to: '/', search: { bike: bike.code } })}
          >
            {t('detail.centre')}
          </Menu.Item>
          {mayRemove && (
            <Menu.Item leftSection={<IconTrash size={16} aria-hidden />} onClick={() => void remove()}>
              {t('bike.remove')}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
    </>
  )
}
