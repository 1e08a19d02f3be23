import { roundLine } from './notation.ts'
import type { LineGeometry, MapFeature } from './types.ts'

/** A canal or river: the middle of the water, and its width from quay to quay in metres. */
function canal(id: string, name: string, widthM: number, path: string): MapFeature<LineGeometry> {
  return roundLine('canal', id, name, path, { widthM })
}

export const canals: readonly MapFeature<LineGeometry>[] = [
  // The half-moon
  canal(
    'gracht-singel',
    'Singel',
    25,
    `
    4.8948 52.3794, 4.8924 52.3778, 4.8906 52.376, 4.8895 52.3745, 4.8889 52.3734, 4.8882 52.3715, 4.888 52.37,
    4.8885 52.3686, 4.8898 52.3676, 4.8924 52.3669`,
  ),
  canal(
    'gracht-herengracht',
    'Herengracht',
    28,
    `
    4.8914 52.3791, 4.8896 52.377, 4.8881 52.375, 4.8872 52.3737, 4.8864 52.372, 4.8862 52.3702, 4.8867 52.3685,
    4.8883 52.3668, 4.8905 52.366, 4.8927 52.3656, 4.8962 52.3651, 4.8979 52.3653, 4.901 52.3661`,
  ),
  canal(
    'gracht-keizersgracht',
    'Keizersgracht',
    28,
    `
    4.8892 52.3799, 4.8876 52.3775, 4.8862 52.3752, 4.8855 52.374, 4.8846 52.3718, 4.8842 52.3697, 4.8847 52.3675,
    4.8867 52.3659, 4.8895 52.3645, 4.8922 52.3639, 4.8957 52.3635, 4.8982 52.3637, 4.9018 52.3646`,
  ),
  canal(
    'gracht-prinsengracht',
    'Prinsengracht',
    25,
    `
    4.8888 52.3817, 4.8875 52.3805, 4.8868 52.3792, 4.886 52.378, 4.8842 52.3757, 4.883 52.3741, 4.8819 52.372,
    4.8814 52.37, 4.8816 52.368, 4.8825 52.3664, 4.8846 52.365, 4.888 52.3633, 4.8917 52.3624, 4.8953 52.362,
    4.8986 52.3621, 4.9026 52.363`,
  ),
  canal(
    'gracht-lijnbaansgracht',
    'Lijnbaansgracht',
    15,
    `
    4.8822 52.3826, 4.8798 52.3795, 4.8782 52.3765, 4.8775 52.374, 4.8773 52.372, 4.8783 52.3692, 4.88 52.3668,
    4.8823 52.365`,
  ),
  canal(
    'singelgracht',
    'Singelgracht',
    35,
    `
    4.883 52.3853, 4.8812 52.3835, 4.8785 52.38, 4.8768 52.3772, 4.8758 52.3745, 4.8756 52.3722, 4.8768 52.3698,
    4.8784 52.3668, 4.8797 52.3645, 4.8815 52.363, 4.8838 52.362, 4.8868 52.3609, 4.8913 52.3587, 4.8955 52.3578,
    4.8998 52.3581, 4.9042 52.3595`,
  ),
  canal(
    'singelgracht-oost',
    'Singelgracht',
    35,
    `
    4.9058 52.3597, 4.9087 52.3603, 4.913 52.3611, 4.919 52.3631, 4.9235 52.365, 4.9272 52.3675, 4.929 52.3693`,
  ),

  // Across the half-moon
  canal(
    'gracht-brouwersgracht',
    'Brouwersgracht',
    25,
    `
    4.8937 52.3788, 4.8914 52.3792, 4.8892 52.3799, 4.8875 52.3806, 4.8845 52.3818, 4.8814 52.3833`,
  ),
  canal('gracht-leliegracht', 'Leliegracht', 20, '4.8883 52.3752, 4.8862 52.3755, 4.8843 52.3758'),
  canal('gracht-egelantiersgracht', 'Egelantiersgracht', 18, '4.884 52.3757, 4.8778 52.3744'),
  canal('gracht-bloemgracht', 'Bloemgracht', 20, '4.8835 52.3749, 4.8775 52.3733'),
  canal('gracht-lauriergracht', 'Lauriergracht', 18, '4.8821 52.372, 4.8772 52.3709'),
  canal('gracht-looiersgracht', 'Looiersgracht', 16, '4.8815 52.369, 4.8785 52.3684'),
  canal(
    'gracht-leidsegracht',
    'Leidsegracht',
    20,
    '4.8867 52.3684, 4.8847 52.3673, 4.8824 52.3663, 4.8792 52.365',
  ),
  canal('gracht-spiegelgracht', 'Spiegelgracht', 18, '4.888 52.3633, 4.8868 52.361'),
  canal(
    'gracht-reguliersgracht',
    'Reguliersgracht',
    18,
    '4.8963 52.3652, 4.8957 52.3635, 4.8953 52.362, 4.8945 52.3603',
  ),

  // The old side
  canal(
    'damrak-water',
    'Damrak',
    35,
    `
    4.8986 52.377, 4.8972 52.3757`,
  ),
  canal('rokin-water', 'Rokin', 30, '4.8923 52.3691, 4.8924 52.368, 4.893 52.3672'),
  canal(
    'gracht-oudezijds-voorburgwal',
    'Oudezijds Voorburgwal',
    18,
    `
    4.9 52.376, 4.8985 52.3745, 4.897 52.3725, 4.896 52.371, 4.895 52.3693`,
  ),
  canal(
    'gracht-oudezijds-achterburgwal',
    'Oudezijds Achterburgwal',
    16,
    `
    4.9003 52.3745, 4.8985 52.373, 4.8975 52.3715, 4.896 52.3697`,
  ),
  canal(
    'gracht-kloveniersburgwal',
    'Kloveniersburgwal',
    22,
    '4.8999 52.3722, 4.8987 52.3708, 4.8973 52.3692, 4.8963 52.3677',
  ),
  canal('gracht-geldersekade', 'Geldersekade', 22, '4.9028 52.3763, 4.9013 52.3742, 4.9007 52.373'),
  canal(
    'gracht-oudeschans',
    'Oudeschans',
    35,
    `
    4.9012 52.3698, 4.9033 52.3709, 4.9052 52.372, 4.9068 52.3733`,
  ),
  canal(
    'gracht-zwanenburgwal',
    'Zwanenburgwal',
    22,
    `
    4.9012 52.3698, 4.9003 52.3688, 4.8996 52.3679, 4.8993 52.367`,
  ),
  canal('gracht-groenburgwal', 'Groenburgwal', 15, '4.8992 52.3696, 4.8985 52.3677'),

  // The Amstel
  canal('amstel-binnen', 'Amstel', 55, '4.8932 52.3671, 4.896 52.3673, 4.8985 52.3672, 4.9008 52.3665'),
  canal(
    'amstel',
    'Amstel',
    85,
    `
    4.9 52.367, 4.9012 52.366, 4.9022 52.3645, 4.9027 52.3632, 4.9035 52.3617, 4.9042 52.3607, 4.905 52.3593, 4.9055 52.3578, 4.9065 52.3562, 4.908 52.3538, 4.91 52.3512, 4.9115 52.349, 4.9122 52.3468, 4.9143 52.344, 4.9145 52.341, 4.9135 52.3385, 4.9105 52.336, 4.907 52.3342, 4.903 52.3325, 4.9 52.33, 4.8988 52.327, 4.8992 52.3235, 4.902 52.319, 4.904 52.315, 4.905 52.31, 4.9055 52.305, 4.907 52.2985, 4.909 52.295, 4.905 52.29, 4.896 52.284, 4.888 52.277, 4.884 52.2705`,
  ),
  canal(
    'gracht-nieuwe-herengracht',
    'Nieuwe Herengracht',
    28,
    `
    4.9015 52.3664, 4.9058 52.3663, 4.908 52.367, 4.91 52.3683, 4.9125 52.3708`,
  ),
  canal(
    'gracht-nieuwe-keizersgracht',
    'Nieuwe Keizersgracht',
    25,
    '4.9023 52.3646, 4.906 52.365, 4.91 52.3655',
  ),
  canal(
    'gracht-nieuwe-prinsengracht',
    'Nieuwe Prinsengracht',
    25,
    '4.903 52.363, 4.9068 52.3634, 4.9112 52.364',
  ),
  canal(
    'gracht-nieuwe-achtergracht',
    'Nieuwe Achtergracht',
    20,
    '4.904 52.3618, 4.9074 52.3624, 4.9115 52.3632',
  ),
  canal(
    'gracht-plantage-muidergracht',
    'Plantage Muidergracht',
    18,
    '4.911 52.3655, 4.9112 52.364, 4.9155 52.364, 4.919 52.365',
  ),
  canal(
    'gracht-entrepotdok',
    'Entrepotdok',
    30,
    `
    4.9105 52.369, 4.915 52.368, 4.92 52.367, 4.9238 52.366`,
  ),
  canal(
    'nieuwe-vaart',
    'Nieuwe Vaart',
    45,
    `
    4.9115 52.371, 4.915 52.37, 4.92 52.369, 4.9262 52.3673, 4.931 52.3673`,
  ),
  canal(
    'lozingskanaal',
    'Lozingskanaal',
    20,
    `
    4.931 52.3671, 4.938 52.3662, 4.948 52.3665`,
  ),

  // West and south
  canal('westerkanaal', 'Westerkanaal', 40, '4.882 52.3905, 4.8838 52.388, 4.883 52.3853'),
  canal(
    'haarlemmervaart',
    'Haarlemmervaart',
    25,
    `
    4.883 52.3855, 4.871 52.3852, 4.849 52.3849, 4.806 52.3843, 4.755 52.3845, 4.715 52.3842`,
  ),
  canal(
    'kostverlorenvaart',
    'Kostverlorenvaart',
    40,
    `
    4.8690 52.3850, 4.8683 52.3800, 4.8676 52.3750, 4.8663 52.3698, 4.8630 52.3650, 4.8583 52.3590`,
  ),
  canal(
    'schinkel',
    'Schinkel',
    50,
    `
    4.8583 52.359, 4.855 52.356, 4.8525 52.3515, 4.851 52.347, 4.8485 52.342, 4.844 52.3385`,
  ),
  canal(
    'admiralengracht',
    'Admiralengracht',
    22,
    '4.8595 52.376, 4.8583 52.3703, 4.8585 52.366, 4.86 52.363',
  ),
  canal(
    'erasmusgracht',
    'Erasmusgracht',
    22,
    `
    4.859 52.3758, 4.85 52.3758, 4.843 52.3757`,
  ),
  canal(
    'noorder-amstelkanaal',
    'Noorder Amstelkanaal',
    25,
    `
    4.8515 52.3472, 4.8570 52.3478, 4.8630 52.3491, 4.8680 52.3499, 4.8720 52.3498, 4.8776 52.3487, 4.8840 52.3473`,
  ),
  canal(
    'zuider-amstelkanaal',
    'Zuider Amstelkanaal',
    25,
    `
    4.8495 52.3418, 4.8573 52.3422, 4.865 52.343, 4.873 52.3442, 4.879 52.3455, 4.884 52.3473`,
  ),
  canal(
    'amstelkanaal',
    'Amstelkanaal',
    28,
    `
    4.884 52.3473, 4.8845 52.3482, 4.8905 52.3479, 4.9 52.3481, 4.905 52.3484, 4.9115 52.3492`,
  ),
  canal(
    'boerenwetering',
    'Boerenwetering',
    25,
    `
    4.8890 52.3592, 4.8868 52.3557, 4.8852 52.3530, 4.8840 52.3502, 4.8840 52.3475, 4.8855 52.3440, 4.8868 52.3400`,
  ),
  canal('bosbaan', 'Bosbaan', 90, '4.849 52.3328, 4.8185 52.3243'),

  // East, north and the great canals
  canal(
    'ringvaart-watergraafsmeer',
    'Ringvaart Watergraafsmeer',
    25,
    `
    4.9125 52.3497, 4.9150 52.3505, 4.9185 52.3522, 4.9225 52.3540, 4.9281 52.3554, 4.9330 52.3572, 4.9380 52.3583, 4.9440 52.3580, 4.9510 52.3590`,
  ),
  canal(
    'weespertrekvaart',
    'Weespertrekvaart',
    30,
    `
    4.915 52.342, 4.92 52.3425, 4.9265 52.3405, 4.934 52.3375, 4.944 52.336, 4.954 52.3367, 4.962 52.338, 4.972 52.336, 4.985 52.33, 5.002 52.3235, 5.012 52.3235`,
  ),
  canal(
    'amsterdam-rijnkanaal',
    'Amsterdam-Rijnkanaal',
    100,
    `
    4.956 52.371, 4.957 52.3685, 4.959 52.363, 4.961 52.358, 4.967 52.352, 4.98 52.344, 4.996 52.334, 5.013 52.324,
    5.03 52.313, 5.045 52.3, 5.055 52.288`,
  ),
  canal(
    'noordhollandsch-kanaal',
    'Noordhollandsch Kanaal',
    40,
    `
    4.9062 52.382, 4.9080 52.3850, 4.9125 52.3885, 4.9148 52.3918, 4.9175 52.3955, 4.9202 52.3990, 4.9230 52.403, 4.9265 52.41, 4.930 52.42, 4.938 52.4395`,
  ),
  canal(
    'zijkanaal-i',
    'Zijkanaal I',
    60,
    `
    4.8945 52.3965, 4.8985 52.4, 4.902 52.404, 4.905 52.408`,
  ),
]
