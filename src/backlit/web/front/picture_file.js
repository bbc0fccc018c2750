/** A picture file on its way to the server, which reads it as the command line does. */

const LARGE = 2_000_000; // bytes that are sent as they are
const LONG = 1600; // pixels of a longer side beyond which no network of this page looks

/** The file in base64; a large one is made smaller first, if it is a picture at all.
 * @param {File} file @returns {Promise<string>} */
export async function encoded(file) {
  const sent = file.size > LARGE ? ((await smaller(file)) ?? file) : file;
  const bytes = new Uint8Array(await sent.arrayBuffer());
  const pieces = [];
  for (let start = 0; start < bytes.length; start += PIECE) {
    pieces.push(String.fromCharCode(...bytes.subarray(start, start + PIECE)));
  }
  return btoa(pieces.join(""));
}

const PIECE = 10_000; // as many arguments as any browser takes

/** @param {File} file @returns {Promise<Blob | null>} */
async function smaller(file) {
  const image = await createImageBitmap(file).catch(() => null);
  if (!image) return null;
  const scale = Math.min(1, LONG / Math.max(image.width, image.height));
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [image.width, image.height].map((side) =>
    Math.max(1, Math.round(side * scale)),
  );
  const pen = canvas.getContext("2d");
  if (!pen) return null;
  pen.imageSmoothingQuality = "high";
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((take) => canvas.toBlob(take, "image/jpeg", 0.95));
}
