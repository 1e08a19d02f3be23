/** Lower case, without accents: `José` is found by `jose`, and `Yıldız`, whose ı is no i with an accent, by `yildiz`. */
export const searchable = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .toLowerCase()
    .replaceAll('ı', 'i')
    .replaceAll('ø', 'o')
    .replaceAll('ß', 'ss')
