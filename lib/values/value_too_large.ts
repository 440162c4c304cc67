/** A value is too large for one record of the journal. */
export class ValueTooLarge extends RangeError {
  /** Size of the value as escaped JSON. When it is over twice the limit, counting stopped and it is larger still. */
  readonly bytes: number;

  /** Made when a value is encoded. */
  constructor(root: string, bytes: number, maxBytes: number) {
    super(`${root} is ${bytes} bytes or more as JSON, and at most ${maxBytes} can be stored`);
    this.name = "ValueTooLarge";
    this.bytes = bytes;
  }
}
