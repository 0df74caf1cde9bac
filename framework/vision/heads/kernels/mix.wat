;; A row of class scores out of a row of mask probabilities, for queries.ts: sixteen pixels and all queries of a class at a
;; time. Everything is 32-bit floats; a block is sixteen pixels.
(module
  (memory (export "memory") 1)

  ;; `from` is [blocks][queries][16], `weights` [classes][queries], `to` [classes][blocks * 16]. Addresses are in bytes.
  (func (export "mix")
    (param $from i32) (param $blocks i32) (param $queries i32) (param $weights i32) (param $classes i32) (param $to i32)
    (local $block i32) (local $class i32) (local $query i32)
    (local $p i32) (local $w i32) (local $out i32)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128) (local $s v128)
    (loop $blockLoop
      (local.set $w (local.get $weights))
      (local.set $out (i32.add (local.get $to) (i32.shl (local.get $block) (i32.const 6))))
      (local.set $class (local.get $classes))
      (loop $classLoop
        (local.set $p (local.get $from))
        (local.set $query (local.get $queries))
        (local.set $a (v128.const i32x4 0 0 0 0))
        (local.set $b (v128.const i32x4 0 0 0 0))
        (local.set $c (v128.const i32x4 0 0 0 0))
        (local.set $d (v128.const i32x4 0 0 0 0))
        (loop $queryLoop
          (local.set $s (v128.load32_splat (local.get $w)))
          (local.set $a (f32x4.add (local.get $a) (f32x4.mul (local.get $s) (v128.load (local.get $p)))))
          (local.set $b (f32x4.add (local.get $b) (f32x4.mul (local.get $s) (v128.load offset=16 (local.get $p)))))
          (local.set $c (f32x4.add (local.get $c) (f32x4.mul (local.get $s) (v128.load offset=32 (local.get $p)))))
          (local.set $d (f32x4.add (local.get $d) (f32x4.mul (local.get $s) (v128.load offset=48 (local.get $p)))))
          (local.set $p (i32.add (local.get $p) (i32.const 64)))
          (local.set $w (i32.add (local.get $w) (i32.const 4)))
          (br_if $queryLoop (local.tee $query (i32.sub (local.get $query) (i32.const 1)))))
        (v128.store (local.get $out) (local.get $a))
        (v128.store offset=16 (local.get $out) (local.get $b))
        (v128.store offset=32 (local.get $out) (local.get $c))
        (v128.store offset=48 (local.get $out) (local.get $d))
        (local.set $out (i32.add (local.get $out) (i32.shl (local.get $blocks) (i32.const 6))))
        (br_if $classLoop (local.tee $class (i32.sub (local.get $class) (i32.const 1)))))
      (local.set $from (local.get $p))
      (br_if $blockLoop (i32.lt_u
        (local.tee $block (i32.add (local.get $block) (i32.const 1))) (local.get $blocks)))))
)
