/**
 * The other agents of a test.
 */
import { AgentReply } from "../agents.js";
import { FakeWork } from "./work.js";
import type { Content } from "../content.js";
import type { AgentRequest } from "../host.js";
import type { AgentSummary } from "../types.js";
import type { Clock } from "./clock.js";
import type { CalledAgent, FakeAgent, FakeHostOptions } from "./types.js";
/** @import { Content } from "../content.js" */
/** @import { AgentRequest } from "../host.js" */
/** @import { AgentSummary } from "../types.js" */
/** @import { Clock } from "./clock.js" */
/** @import { CalledAgent, FakeAgent, FakeHostOptions } from "./types.js" */
/** @import { Ending } from "./work.js" */
/** Agents that answer what the test says, and note down how they were called. */
export declare class Agents {
    #private;
    /** @param {NonNullable<FakeHostOptions["agents"]>} agents */
    constructor(agents: NonNullable<FakeHostOptions["agents"]>);
    /** @returns {AgentSummary[]} */
    available(): AgentSummary[];
    /**
     * Starts an agent.
     *
     * @param {AgentRequest} request
     * @param {Clock} clock
     * @returns {FakeChild}
     * @throws {Failure} Where the run is to end, or there is none of this name.
     */
    start(request: AgentRequest, clock: Clock): FakeChild;
    /**
     * The run is over, and with it what it left running.
     * @returns {CalledAgent[]} How they were called.
     */
    finish(): CalledAgent[];
}
/**
 * Another agent that works.
 * @extends {FakeWork<AgentReply>}
 */
export declare class FakeChild extends FakeWork<AgentReply> {
    #private;
    /**
     * @param {string} id
     * @param {FakeAgent} agent
     * @param {Content} input
     * @param {CalledAgent} called
     * @param {Clock} clock
     */
    constructor(id: string, agent: FakeAgent, input: Content, called: CalledAgent, clock: Clock);
    invocationId(): string;
    /** @override */
    dispose(): void;
}
