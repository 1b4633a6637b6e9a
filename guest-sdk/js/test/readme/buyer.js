import { Failure, agent } from "rak";

const DAY_MS = 86_400_000;

export default agent({
  run(cx, input) {
    const size = cx.people.ask("Which size?", { enum: ["S", "M", "L"] });
    const order = { item: input.text, size };
    try {
      const { approved, reason, edited } = cx.people.approve("Buy this?", order, { expiresInMs: DAY_MS });
      if (!approved) return `Not bought: ${reason ?? "somebody said no"}.`;
      // A person may have changed what is bought.
      return `Bought: ${JSON.stringify(edited ?? order)}.`;
    } catch (thrown) {
      if (thrown instanceof Failure && thrown.isExpired()) return "Nobody decided within a day.";
      throw thrown;
    }
  },
});
