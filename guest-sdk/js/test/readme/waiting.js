import { agent } from "rak";

export default agent({
  async run(cx, input) {
    const zipped = new Blob([input.text]).stream().pipeThrough(new CompressionStream("gzip"));
    const { byteLength } = await new Response(zipped).arrayBuffer();
    return `${input.text.length} characters, ${byteLength} bytes as gzip.`;
  },
});
