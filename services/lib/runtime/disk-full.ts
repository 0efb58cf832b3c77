// A disk that takes no more, as SQLite says it: for whoever keeps something in a file of it, and may try again once there is room.

/** SQLITE_FULL, SQLITE_IOERR_WRITE and SQLITE_IOERR_SHMSIZE: the disk takes no more for now. */
const DISK_FULL: readonly number[] = [13, 778, 4874];

/** Whether what failed may be tried again once there is room. */
export function isDiskFull(error: unknown): boolean {
  return error instanceof Error && DISK_FULL.includes((error as { errcode?: number }).errcode ?? 0);
}
