/**
 * UTF-8, for an engine that has no `TextEncoder` and `TextDecoder`.
 */
/** Writes UTF-8. */
export declare class TextEncoder {
    get encoding(): string;
    /**
     * @param {string} [text]
     * @returns {Uint8Array}
     */
    encode(text?: string): Uint8Array;
}
/** Reads UTF-8, and nothing else. */
export declare class TextDecoder {
    encoding: string;
    fatal: boolean;
    ignoreBOM: boolean;
    /**
     * @param {string} [encoding]
     * @param {{ fatal?: boolean, ignoreBOM?: boolean }} [options]
     */
    constructor(encoding?: string, { fatal, ignoreBOM }?: {
        fatal?: boolean;
        ignoreBOM?: boolean;
    });
    /**
     * @param {ArrayBuffer | ArrayBufferView} [source]
     * @returns {string}
     * @throws {TypeError} Where it is no UTF-8, and `fatal` was asked for.
     */
    decode(source?: ArrayBuffer | ArrayBufferView): string;
}
