(class name: (_) @name) @definition.class
(module name: (_) @name) @definition.module
(method name: (_) @name) @definition.method
(singleton_method name: (_) @name) @definition.method
(assignment left: (constant) @name) @definition.variable
; describe '…' do, task 'name' do
(call arguments: (argument_list . (string) @name) block: (_)) @definition.block

((call method: (identifier) @_require arguments: (argument_list . (string) @import)) (#any-of? @_require "require" "require_relative" "load"))
