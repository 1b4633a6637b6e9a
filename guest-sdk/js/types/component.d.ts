/**
 * What the generated entry of a component uses. Not for authors: it can be loaded only inside a component.
 *
 * ```js
 * import { component } from "rak/component";
 * import agent from "../src/agent.js";
 * export const entry = component(agent, { name: "greeter", description: "Greets.", version: "1.0.0" });
 * ```
 *
 * It is imported before the agent, so that what the engine lacks is there when the agent's modules are evaluated.
 */
import type { RawContent } from "./contract/content.js";
import type { Agent } from "./types.js";
export type Manifest = {
    name?: string;
    description?: string;
    version?: string;
};
/**
 * The export `entry` of the world, made of an agent.
 *
 * @param {Agent} agent The default export of the agent's module.
 * @param {Manifest} [manifest]
 * @throws {TypeError} Where it is no agent, or one that this engine cannot run. The component is then not built.
 */
export declare function component(agent: Agent, manifest?: Manifest): {
    describe(): {
        name: string;
        description: string;
        version: string;
        skills: {
            id: string;
            name: string;
            description: string;
            tags: string[];
            examples: string[];
        }[];
        inputSchema: string | undefined;
        extra: string | undefined;
    };
    /** @param {RawContent} input */
    run(input: RawContent): Promise<{
        content: RawContent | undefined;
        escalate: boolean;
        transferTo: string | undefined;
        extra: string | undefined;
    }> | {
        content: RawContent | undefined;
        escalate: boolean;
        transferTo: string | undefined;
        extra: string | undefined;
    };
};
