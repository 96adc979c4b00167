/** Mean radius (IUGG). */
export const EARTH_METRES = 6_371_008.8;
