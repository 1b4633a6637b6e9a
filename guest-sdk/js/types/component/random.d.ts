/**
 * Random numbers out of random bytes.
 */
/**
 * `crypto` as far as it is about randomness, and the function for `Math.random`.
 *
 * @param {(length: number) => Uint8Array} randomBytes
 */
export declare function randomSource(randomBytes: (length: number) => Uint8Array): {
    crypto: Readonly<{
        /**
         * @template {ArrayBufferView} T
         * @param {T} view
         * @returns {T}
         */
        getRandomValues<T extends ArrayBufferView>(view: T): T;
        /** @returns {string} */
        randomUUID: () => string;
    }>;
    random: () => number;
};
