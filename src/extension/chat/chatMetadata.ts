/** What a later signal about an answer needs; travels in the result's metadata. */
export interface HybridChatMetadata {
	readonly interactionId: string;
	readonly hasContext: boolean;
}
