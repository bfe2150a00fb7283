(stylesheet (rule_set (selectors) @name) @definition.block)
(stylesheet (media_statement) @name @definition.block)
(stylesheet (supports_statement) @name @definition.block)
(stylesheet (keyframes_statement (keyframes_name) @name) @definition.block)
(stylesheet (at_rule) @name @definition.block)
(block (rule_set (selectors) @name) @definition.block)

(import_statement (string_value) @import)
