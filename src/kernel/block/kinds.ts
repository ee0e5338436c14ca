/** Kinds of block devices (knob io.device). Figures are typical ones of each kind, chosen; a scenario's disk overrides the two rates. */
export interface DeviceKind {
  readonly name: string;
  readonly bytesPerS: number;
  readonly requestsPerS: number;
  readonly latencyNs: number; // from the end of the transfer to the interrupt
  readonly depth: number; // requests in flight
  /** The rate of requests counts only where one does not follow its predecessor on the disk. */
  readonly seeks: boolean;
  /** Never answers. */
  readonly hung: boolean;
}
const kind = (name: string, bytesPerS: number, requestsPerS: number, latencyNs: number, depth: number, o: { seeks?: boolean; hung?: boolean } = {}): DeviceKind =>
  ({ name, bytesPerS, requestsPerS, latencyNs, depth, seeks: o.seeks ?? false, hung: o.hung ?? false });

export const DEVICE_KINDS: readonly DeviceKind[] = [
  kind('ssd', 500e6, 60_000, 80_000, 32),
  kind('hdd', 150e6, 120, 0, 32, { seeks: true }),
  kind('nvme', 3000e6, 500_000, 20_000, 1023),
  kind('usb', 30e6, 1000, 1_000_000, 1),
  kind('hung', 1e6, 1, 0, 32, { hung: true }),
];
/** The kind of this name, with the rates of the scenario's disk where it gives them. */
export function deviceKind(name: string, disk?: { readonly mbPerS: number; readonly requestsPerS: number }): DeviceKind {
  const found = DEVICE_KINDS.find((d) => d.name === name);
  if (found === undefined) throw new Error(`no device of kind ${name}`);
  return disk === undefined ? found : { ...found, bytesPerS: disk.mbPerS * 1e6, requestsPerS: disk.requestsPerS, seeks: false };
}
