import { llmAgent, params, tool } from "rak/llm";

const PRICES = { tea: 3.5, coffee: 4 };

const price = tool(
  { name: "price", description: "What an item costs, in euros.", parameters: params({ item: "string" }) },
  ({ item }) => PRICES[item],
);

const order = tool(
  { name: "order", description: "Orders an item for the guest.", parameters: params({ item: "string", count: "integer" }) },
  (wanted, cx) => {
    cx.session.set("order", wanted);
    return `${wanted.count} ${wanted.item} will be served`;
  },
);

const instruction = "You are the waiter of a café. The guest is {user:name?}.";
export default llmAgent({ instruction, tools: [price, order] });
