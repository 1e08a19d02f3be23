import type { ZoneKind } from '@fleet/domain'
import type { Scheme } from '../theme/statuses.ts'

/** Colours of the base map: quiet, so that bikes are the loudest thing on it. */
export interface BasePalette {
  readonly land: string
  readonly water: string
  readonly waterEdge: string
  readonly park: string
  readonly street: string
  readonly streetEdge: string
  readonly mainStreet: string
  readonly mainStreetEdge: string
  readonly motorway: string
  readonly motorwayEdge: string
  readonly cycleRoute: string
  readonly railway: string
  readonly ferry: string
  readonly label: string
  readonly labelHalo: string
  readonly districtLabel: string
  readonly waterLabel: string
  readonly parkLabel: string
  readonly cycleLabel: string
  readonly station: string
}

export const basePalettes: Record<Scheme, BasePalette> = {
  light: {
    land: '#f3f1ec',
    water: '#b9d4e4',
    waterEdge: '#9fc0d4',
    park: '#d5e6ca',
    street: '#ffffff',
    streetEdge: '#e0dcd3',
    mainStreet: '#ffffff',
    mainStreetEdge: '#cfc8ba',
    motorway: '#f5dfb4',
    motorwayEdge: '#dcb978',
    cycleRoute: '#4f9a7c',
    railway: '#b9b5ad',
    ferry: '#6f9ab5',
    label: '#55534c',
    labelHalo: '#fbfaf7',
    districtLabel: '#6e6b62',
    waterLabel: '#3d6f90',
    parkLabel: '#4a7440',
    cycleLabel: '#2f7358',
    station: '#3f4a57',
  },
  dark: {
    land: '#181c20',
    water: '#10293b',
    waterEdge: '#1b3d55',
    park: '#1a2a22',
    street: '#2b3238',
    streetEdge: '#12161a',
    mainStreet: '#3b444c',
    mainStreetEdge: '#12161a',
    motorway: '#5b4c2c',
    motorwayEdge: '#231d10',
    cycleRoute: '#3d8468',
    railway: '#454c53',
    ferry: '#3d6580',
    label: '#a9b1b8',
    labelHalo: '#14181c',
    districtLabel: '#8c969e',
    waterLabel: '#6fa3c4',
    parkLabel: '#7fa377',
    cycleLabel: '#6fb799',
    station: '#c3cbd3',
  },
}

/** Zones by kind; chosen to differ from each other and from the statuses' fills by lightness as well. */
export const zoneColors: Record<ZoneKind, Readonly<Record<Scheme, string>>> = {
  service_area: { light: '#0b62b8', dark: '#70b4f5' },
  depot: { light: '#00705a', dark: '#4ccfa4' },
  no_ride: { light: '#b3261e', dark: '#ff7a70' },
  slow: { light: '#a86a00', dark: '#f0b429' },
  pollution: { light: '#5d6b2f', dark: '#b5c778' },
  traffic: { light: '#8a3f7d', dark: '#d993c9' },
}
