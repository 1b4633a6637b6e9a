/**
 * The models of a test.
 */
import { Failure } from "../failure.js";
import { ModelResponse } from "../models.js";
import { FakeTimer } from "./timer.js";
import { FakeWork } from "./work.js";
import type { Delta, Embeddings, Event, ModelRequest, ModelSummary, Part } from "../types.js";
import type { Clock } from "./clock.js";
import type { CalledModel, EmbeddedTexts, FakeHostOptions, FakeModel } from "./types.js";
export type Answered = {
    parts: Part[];
    end: (() => ModelResponse) | Failure;
};
/** Models that answer what the test says, and note down what they were asked. */
export declare class Models {
    #private;
    /** @param {NonNullable<FakeHostOptions["models"]>} models */
    constructor(models: NonNullable<FakeHostOptions["models"]>);
    /** @returns {ModelSummary[]} */
    available(): ModelSummary[];
    /**
     * Asks a model.
     *
     * @param {ModelRequest} request
     * @param {Clock} clock
     * @param {Event[]} events Where what is relayed goes.
     * @returns {FakeCompletion}
     * @throws {Failure} Where the run is to end, or there is no model of this alias.
     */
    open(request: ModelRequest, clock: Clock, events: Event[]): FakeCompletion;
    /**
     * @param {readonly string[]} texts
     * @param {string | undefined} alias
     * @param {Clock} clock
     * @returns {Embeddings}
     * @throws {Failure} Where the run is to end, there is no model of this alias, or it has no vectors.
     */
    embed(texts: readonly string[], alias: string | undefined, clock: Clock): Embeddings;
    /**
     * The run is over, and with it what models still write.
     *
     * @returns {{ modelCalls: CalledModel[], embedCalls: EmbeddedTexts[] }} What they were asked.
     * @throws {Error} Where the test did not say what they answer, which an agent that catches everything would hide.
     */
    finish(): {
        modelCalls: CalledModel[];
        embedCalls: EmbeddedTexts[];
    };
}
/**
 * An answer that a model is writing.
 * @extends {FakeWork<ModelResponse>}
 */
export declare class FakeCompletion extends FakeWork<ModelResponse> {
    #private;
    /**
     * @param {Clock} clock
     * @param {Answered} answered
     * @param {FakeModel} model
     * @param {CalledModel} called
     * @param {Event[]} events
     */
    constructor(clock: Clock, { parts, end }: Answered, { takesMs, split }: FakeModel, called: CalledModel, events: Event[]);
    /** @returns {Delta[]} */
    next(): Delta[];
    /**
     * @override
     * @returns {ModelResponse}
     */
    wait(): ModelResponse;
    /** @override */
    subscribe(): FakeTimer;
    /** @override */
    stop(): void;
}
