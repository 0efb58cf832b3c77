// The registry's view of a device, retained on `device/v1/…` by ingest; rules select and group by it, the console lists it.

export type DeviceView = {
  readonly site: string;
  readonly area: string;
  readonly device: string;
  readonly model: string | null;
  readonly role: string | null;
  readonly labels: { readonly [name: string]: string };
  /** null where the device has never said (a foreign device without a last will). */
  readonly online: boolean | null;
  /** Arrival of its newest message, ms since the epoch; refreshed at most every few seconds. */
  readonly lastSeen: number | null;
  readonly firmware: string | null;
  /** Why its last refused message was refused, and when. */
  readonly lastError: { readonly at: number; readonly reason: string; readonly message: string } | null;
};
