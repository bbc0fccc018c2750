/** Arrays of numbers with a shape, as they come out of a document. */

export class Tensor {
  /** @param {number[]} shape @param {Float32Array | Float64Array} numbers */
  constructor(shape, numbers) {
    this.shape = shape;
    this.numbers = numbers;
    this.steps = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  }

  /** @param {number[]} index */
  at(index) {
    let place = 0;
    for (let axis = 0; axis < index.length; axis += 1) place += index[axis] * this.steps[axis];
    return this.numbers[place];
  }

  /** The rows of a map (the last two axes), or a single row of numbers.
   * @param {number[]} index of the axes before @returns {number[][]} */
  rows(index) {
    const [height, width] =
      this.shape.length - index.length === 2 ? this.shape.slice(-2) : [1, this.shape.at(-1) ?? 1];
    const start = index.reduce((sum, at, axis) => sum + at * this.steps[axis], 0);
    return Array.from({ length: height }, (_, row) =>
      Array.from(this.numbers.subarray(start + row * width, start + (row + 1) * width)),
    );
  }
}

/** @param {{shape: number[], dtype: string, data: string}} data */
export function decode({ shape, dtype, data }) {
  const text = atob(data);
  const bytes = new Uint8Array(text.length);
  for (let k = 0; k < text.length; k += 1) bytes[k] = text.charCodeAt(k);
  const Numbers = dtype === "float64" ? Float64Array : Float32Array;
  return new Tensor(shape, new Numbers(bytes.buffer));
}
