/** How far the plots stand from the edges of their place, in pixels: what lies over and under them is kept in line with them. */
export const INSET = { left: 64, right: 10, top: 10 } as const;

/** Of one plot: with its time axis, and the part of it that the axis takes. */
export const PLOT_HEIGHT = 200;
export const AXIS_HEIGHT = 44;
