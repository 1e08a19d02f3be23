import { area } from './notation.ts'
import type { MapFeature, PolygonGeometry } from './types.ts'

function park(id: string, name: string, ring: string): MapFeature<PolygonGeometry> {
  return area('park', id, name, ring)
}

export const parks: readonly MapFeature<PolygonGeometry>[] = [
  park(
    'park-vondelpark',
    'Vondelpark',
    `
    4.8797 52.3622, 4.8757 52.3606, 4.87 52.3597, 4.862 52.3577, 4.857 52.357, 4.8568 52.3552, 4.864 52.3548,
    4.87 52.3563, 4.8765 52.3588, 4.8805 52.3612`,
  ),
  park(
    'park-westerpark',
    'Westerpark',
    `
    4.8825 52.3862, 4.88 52.388, 4.874 52.3885, 4.868 52.388, 4.8645 52.386, 4.865 52.3845, 4.872 52.385,
    4.88 52.3857`,
  ),
  park(
    'park-oosterpark',
    'Oosterpark',
    `
    4.9148 52.3593, 4.9165 52.3608, 4.9212 52.3622, 4.9243 52.3603, 4.9225 52.3593, 4.917 52.3583`,
  ),
  park('park-sarphatipark', 'Sarphatipark', '4.8942 52.3552, 4.8985 52.3555, 4.899 52.3538, 4.8947 52.3535'),
  park(
    'park-rembrandtpark',
    'Rembrandtpark',
    `
    4.845 52.37, 4.848 52.3698, 4.849 52.366, 4.85 52.363, 4.849 52.359, 4.8435 52.3585, 4.843 52.362, 4.843 52.367`,
  ),
  park(
    'park-erasmuspark',
    'Erasmuspark',
    `
    4.8485 52.3755, 4.8555 52.3755, 4.8558 52.3738, 4.849 52.3735`,
  ),
  park(
    'park-beatrixpark',
    'Beatrixpark',
    `
    4.8775 52.3435, 4.8845 52.344, 4.885 52.341, 4.88 52.34, 4.877 52.341`,
  ),
  park(
    'park-amstelpark',
    'Amstelpark',
    `
    4.891 52.334, 4.8955 52.3345, 4.8985 52.332, 4.8975 52.327, 4.894 52.326, 4.8905 52.3275`,
  ),
  park(
    'park-flevopark',
    'Flevopark',
    `
    4.9435 52.364, 4.9475 52.3655, 4.952 52.365, 4.9525 52.3615, 4.95 52.3585, 4.945 52.359`,
  ),
  park(
    'park-frankendael',
    'Frankendael',
    `
    4.926 52.3527, 4.9315 52.3532, 4.9355 52.3502, 4.93 52.3488, 4.9265 52.35`,
  ),
  park(
    'park-noorderpark',
    'Noorderpark',
    `
    4.9110 52.3880, 4.9125 52.3935, 4.9155 52.3970, 4.9200 52.3985, 4.9215 52.3960, 4.9205 52.3915, 4.9175 52.3875, 4.9140 52.3865`,
  ),
  park(
    'park-vliegenbos',
    'W.H. Vliegenbos',
    `
    4.9245 52.3885, 4.929 52.3915, 4.9345 52.3905, 4.933 52.388, 4.9275 52.3872`,
  ),
  park(
    'park-sloterpark',
    'Sloterpark',
    `
    4.8195 52.3712, 4.8235 52.371, 4.824 52.366, 4.823 52.36, 4.819 52.3595, 4.8192 52.364, 4.82 52.3675`,
  ),
  park('park-museumplein', 'Museumplein', '4.8835 52.3593, 4.8855 52.358, 4.881 52.3555, 4.8795 52.3565'),
  park('park-wertheimpark', 'Wertheimpark', '4.9072 52.3672, 4.9085 52.3675, 4.9092 52.3668, 4.9078 52.3665'),
  park(
    'park-artis',
    'Artis',
    '4.912 52.3668, 4.913 52.3673, 4.919 52.3672, 4.9205 52.366, 4.918 52.3645, 4.914 52.3658',
  ),
  park(
    'park-martin-luther-king',
    'Martin Luther Kingpark',
    '4.9085 52.3425, 4.913 52.342, 4.9125 52.3395, 4.91 52.3395',
  ),
  park(
    'park-gijsbrecht',
    'Gijsbrecht van Aemstelpark',
    '4.862 52.3275, 4.895 52.328, 4.895 52.3268, 4.862 52.3262',
  ),
  park(
    'park-amsterdamse-bos',
    'Amsterdamse Bos',
    `
    4.848 52.335, 4.852 52.331, 4.85 52.322, 4.842 52.315, 4.838 52.305, 4.83 52.295, 4.82 52.296, 4.815 52.305,
    4.813 52.316, 4.814 52.326, 4.825 52.331, 4.838 52.3335`,
  ),
  park(
    'park-diemerpark',
    'Diemerpark',
    '4.968 52.3575, 4.975 52.3575, 4.985 52.3545, 4.995 52.3495, 4.994 52.347, 4.982 52.35, 4.97 52.354',
  ),
  park(
    'park-gaasperpark',
    'Gaasperpark',
    `
    4.98 52.309, 4.99 52.3125, 5 52.311, 5.002 52.306, 4.997 52.302, 4.986 52.3015, 4.981 52.304`,
  ),
  park(
    'park-nelson-mandela',
    'Nelson Mandelapark',
    `
    4.96 52.3135, 4.968 52.317, 4.976 52.315, 4.968 52.3105`,
  ),
  park('park-de-bretten', 'De Bretten', '4.8 52.3865, 4.825 52.3865, 4.825 52.3845, 4.8 52.384'),
  park('park-funen', 'Funenpark', '4.9295 52.3705, 4.933 52.3695, 4.9325 52.3683, 4.93 52.369'),
]
