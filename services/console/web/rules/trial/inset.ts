/** How far the plots stand from the edges of their place, in pixels: what lies over and under them is kept in line with them. */
export const INSET = { left: 64, right: 10 } as const;
