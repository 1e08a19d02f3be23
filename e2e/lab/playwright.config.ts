import { defineConfig } from '@playwright/test'
import journeys from '../playwright.config.ts'

/** Journeys in a browser on a cluster of real machines. */
export default defineConfig({ ...journeys, testIgnore: [] })
