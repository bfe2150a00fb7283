(element (start_tag (tag_name) @name)) @definition.block
(script_element (start_tag (tag_name) @name)) @definition.block
(style_element (start_tag (tag_name) @name)) @definition.block
