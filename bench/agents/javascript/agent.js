/** Greets whoever writes, in two deltas and an answer: as little as an agent that streams can do. */

import { agent } from "rak";

export default agent({
  *run(cx, input) {
    yield "Hello, ";
    yield `${input.text}!`;
    return `Hello, ${input.text}!`;
  },
});
