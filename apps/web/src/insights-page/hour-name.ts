import { hourMs } from '@fleet/domain'
import { amsterdamOffset, amsterdamTime } from '../i18n/amsterdam-day.ts'

/** `02:00`, and `02:00 (+01:00)` in the hour of autumn that comes twice. */
export function hourName(ms: number): string {
  const time = amsterdamTime(ms)
  const comesTwice = [ms - hourMs, ms + hourMs].some((other) => amsterdamTime(other) === time)
  return comesTwice ? `${time} (${amsterdamOffset(ms)})` : time
}
