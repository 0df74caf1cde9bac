;; Baseline JPEG, from the entropy-coded bytes to RGB: the numbers of libjpeg-turbo's default decoder (`jidctint`, fancy
;; upsampling, `jdcolor`), 16-bit wrapping included. What the memory holds below the tables: 0 the block in hand, 128 a
;; place for coefficients that do not count, 160 and 288 the two passes' results, 416 where in the block a coefficient in
;; zigzag order goes (192 bytes, 128 from the 64th on).
(module
  (memory (export "memory") 1)

  ;; Copies entropy-coded bytes from `from` on until a marker, without the zeros stuffed after 0xff, last byte first, ending
  ;; below `to`: eight of them are then one load with the first bit on top. Gives the marker's address and that of the copy.
  (func (export "unstuff") (param $from i32) (param $end i32) (param $to i32) (result i32 i32)
    (local $v v128) (local $byte i32)
    (block $marker
      (loop $next
        (br_if $marker (i32.ge_u (local.get $from) (local.get $end)))
        (local.set $v (v128.load align=1 (local.get $from)))
        (if (i32.and
            (i32.le_u (i32.add (local.get $from) (i32.const 16)) (local.get $end))
            (i32.eqz (v128.any_true (i8x16.eq (local.get $v) (v128.const i32x4 -1 -1 -1 -1)))))
          (then
            (v128.store align=1 (local.tee $to (i32.sub (local.get $to) (i32.const 16)))
              (i8x16.swizzle (local.get $v) (v128.const i8x16 15 14 13 12 11 10 9 8 7 6 5 4 3 2 1 0)))
            (local.set $from (i32.add (local.get $from) (i32.const 16)))
            (br $next)))
        (local.set $byte (i32.load8_u (local.get $from)))
        (if (i32.eq (local.get $byte) (i32.const 0xff))
          (then
            (br_if $marker (i32.load8_u offset=1 (local.get $from)))
            (local.set $from (i32.add (local.get $from) (i32.const 1)))))
        (i32.store8 (local.tee $to (i32.sub (local.get $to) (i32.const 1))) (local.get $byte))
        (local.set $from (i32.add (local.get $from) (i32.const 1)))
        (br $next)))
    (local.get $from) (local.get $to))

  ;; The blocks of some rows of units into the planes. `parts` describes each component in 32 bytes: plane, its stride,
  ;; blocks across and down in a unit, tables for DC and AC (huffman.ts has their entries), quantisation in zigzag order,
  ;; and the last DC value. Gives how many bits were read, or -1 where they are no picture. The eight bytes with the next
  ;; bits are loaded one code ahead, so that nothing waits for them.
  (func (export "scan") (param $parts i32) (param $count i32) (param $columns i32) (param $row i32) (param $end i32)
      (param $stream i32) (param $bits i32) (result i32)
    (local $last i32) (local $part i32) (local $column i32) (local $h i32) (local $v i32)
    (local $at i32) (local $raw i64) (local $base i32) (local $word i64) (local $entry i32) (local $bad i32) (local $far i32) (local $first i32) (local $k i32) (local $ones i32)
    (local $dc i32) (local $ac i32) (local $quant i32) (local $value i32) (local $out i32) (local $stride i32)
    (local.set $last (i32.add (local.get $parts) (i32.shl (local.get $count) (i32.const 5))))
    (local.set $stream (i32.sub (local.get $stream) (i32.const 8)))
    (local.set $raw (i64.load align=1 (local.get $stream)))
    (loop $down
      (local.set $column (i32.const 0))
      (loop $unit
        (local.set $part (local.get $parts))
        (loop $component
          (local.set $stride (i32.load offset=4 (local.get $part)))
          (local.set $dc (i32.load offset=16 (local.get $part)))
          (local.set $ac (i32.load offset=20 (local.get $part)))
          (local.set $quant (i32.load offset=24 (local.get $part)))
          (local.set $v (i32.const 0))
          (loop $below
            (local.set $h (i32.const 0))
            (local.set $out (i32.add
              (i32.add (i32.load (local.get $part))
                (i32.shl (i32.mul (local.get $column) (i32.load offset=8 (local.get $part))) (i32.const 3)))
              (i32.mul (local.get $stride) (i32.shl (i32.add (local.get $v)
                (i32.mul (local.get $row) (i32.load offset=12 (local.get $part)))) (i32.const 3)))))
            (loop $block
              ;; The difference to the last DC value.
              (local.set $word (i64.shl (local.get $raw) (i64.extend_i32_u (i32.sub (local.get $at) (local.get $base)))))
              (local.set $raw (i64.load align=1 (i32.sub (local.get $stream) (i32.shr_u (local.get $at) (i32.const 3)))))
              (local.set $base (i32.and (local.get $at) (i32.const -8)))
              (local.set $entry (i32.load (i32.add (local.get $dc)
                (i32.shl (i32.wrap_i64 (i64.shr_u (local.get $word) (i64.const 54))) (i32.const 2)))))
              (if (i32.and (local.get $entry) (i32.const 64))
                (then (local.set $entry (i32.load (i32.add
                  (i32.add (local.get $dc) (i32.shr_u (local.get $entry) (i32.const 8)))
                  (i32.and (i32.const 252) (i32.wrap_i64 (i64.shr_u (local.get $word) (i64.const 46)))))))))
              (local.set $at (i32.add (local.get $at) (i32.and (local.get $entry) (i32.const 63))))
              (local.set $bad (i32.or (local.get $bad) (i32.and (local.get $entry) (i32.const 128))))
              (local.set $word (i64.shl (local.get $word)
                (i64.extend_i32_u (i32.and (i32.shr_u (local.get $entry) (i32.const 12)) (i32.const 31)))))
              (local.set $ones (i32.and (i32.shr_u (local.get $entry) (i32.const 8)) (i32.const 15)))
              (local.set $value (i32.add (i32.load offset=28 (local.get $part)) (i32.sub
                (i32.wrap_i64 (i64.shr_u (i64.shr_u (local.get $word) (i64.const 1))
                  (i64.extend_i32_u (i32.sub (i32.const 63) (local.get $ones)))))
                (i32.and (i32.sub (i32.shl (i32.const 1) (local.get $ones)) (i32.const 1))
                  (i32.wrap_i64 (i64.xor (i64.shr_s (local.get $word) (i64.const 63)) (i64.const -1)))))))
              (i32.store offset=28 (local.get $part) (local.get $value))
              (local.set $value (i32.mul (local.get $value) (i32.load16_u (local.get $quant))))
              (i32.store16 (i32.const 0) (local.get $value))
              (local.set $first (local.get $value))
              (local.set $far (i32.or (local.get $far) (i32.add (local.get $value) (i32.const 4096))))

              ;; The others, each with the zeros before it. Signs follow the code: a first bit of 0 is a negative number.
              (local.set $k (i32.const 1))
              (loop $coefficient
                (local.set $word (i64.shl (local.get $raw) (i64.extend_i32_u (i32.sub (local.get $at) (local.get $base)))))
                (local.set $raw (i64.load align=1 (i32.sub (local.get $stream) (i32.shr_u (local.get $at) (i32.const 3)))))
                (local.set $base (i32.and (local.get $at) (i32.const -8)))
                (local.set $entry (i32.load (i32.add (local.get $ac)
                  (i32.shl (i32.wrap_i64 (i64.shr_u (local.get $word) (i64.const 54))) (i32.const 2)))))
                (if (i32.and (local.get $entry) (i32.const 64))
                  (then (local.set $entry (i32.load (i32.add
                    (i32.add (local.get $ac) (i32.shr_u (local.get $entry) (i32.const 8)))
                    (i32.and (i32.const 252) (i32.wrap_i64 (i64.shr_u (local.get $word) (i64.const 46)))))))))
                (local.set $at (i32.add (local.get $at) (i32.and (local.get $entry) (i32.const 63))))
                (local.set $bad (i32.or (local.get $bad) (i32.and (local.get $entry) (i32.const 128))))
                (local.set $k (i32.add (local.get $k) (i32.shr_u (local.get $entry) (i32.const 17))))
                (local.set $word (i64.shl (local.get $word)
                  (i64.extend_i32_u (i32.and (i32.shr_u (local.get $entry) (i32.const 12)) (i32.const 31)))))
                (local.set $ones (i32.and (i32.shr_u (local.get $entry) (i32.const 8)) (i32.const 15)))
                (i32.store16 (i32.load8_u offset=415 (local.get $k)) (local.tee $value (i32.mul
                  (i32.load16_u (i32.sub (i32.add (local.get $quant) (i32.shl (local.get $k) (i32.const 1))) (i32.const 2)))
                  (i32.sub
                    (i32.wrap_i64 (i64.shr_u (i64.shr_u (local.get $word) (i64.const 1))
                      (i64.extend_i32_u (i32.sub (i32.const 63) (local.get $ones)))))
                    (i32.and (i32.sub (i32.shl (i32.const 1) (local.get $ones)) (i32.const 1))
                      (i32.wrap_i64 (i64.xor (i64.shr_s (local.get $word) (i64.const 63)) (i64.const -1))))))))
                (local.set $far (i32.or (local.get $far) (i32.add (local.get $value) (i32.const 4096))))
                (br_if $coefficient (i32.lt_u (local.get $k) (i32.const 64))))
              ;; An end of block counts 128; whoever else goes past the end is wrong.
              (local.set $bad (i32.or (local.get $bad)
                (i32.and (i32.gt_u (local.get $k) (i32.const 64)) (i32.lt_u (local.get $k) (i32.const 129)))))
              (if (i32.eq (local.get $k) (i32.const 129))
                (then (call $flat (local.get $first) (local.get $out) (local.get $stride)))
                (else (call $transform (local.get $out) (local.get $stride))))
              (local.set $out (i32.add (local.get $out) (i32.const 8)))
              (br_if $block (i32.lt_u (local.tee $h (i32.add (local.get $h) (i32.const 1)))
                (i32.load offset=8 (local.get $part)))))
            (br_if $below (i32.lt_u (local.tee $v (i32.add (local.get $v) (i32.const 1)))
              (i32.load offset=12 (local.get $part)))))
          (br_if $component (i32.lt_u (local.tee $part (i32.add (local.get $part) (i32.const 32))) (local.get $last))))
        ;; No picture has coefficients as far from 0 as 4096; what becomes of them depends on the processor.
        (if (i32.or (i32.or (local.get $bad) (i32.and (local.get $far) (i32.const -8192)))
            (i32.gt_u (local.get $at) (local.get $bits)))
          (then (return (i32.const -1))))
        (br_if $unit (i32.lt_u (local.tee $column (i32.add (local.get $column) (i32.const 1))) (local.get $columns))))
      (br_if $down (i32.lt_u (local.tee $row (i32.add (local.get $row) (i32.const 1))) (local.get $end))))
    (local.get $at))

  ;; A block that is its DC value alone.
  (func $flat (param $value i32) (param $out i32) (param $stride i32)
    (local $bytes i64) (local $end i32)
    (local.set $value (i32.shr_s
      (i32.add (i32.extend16_s (i32.shl (local.get $value) (i32.const 2))) (i32.const 16)) (i32.const 5)))
    (local.set $value (select (local.get $value) (i32.const 127) (i32.lt_s (local.get $value) (i32.const 127))))
    (local.set $value (select (local.get $value) (i32.const -128) (i32.gt_s (local.get $value) (i32.const -128))))
    (local.set $bytes (i64.mul (i64.extend_i32_u (i32.add (local.get $value) (i32.const 128)))
      (i64.const 0x0101010101010101)))
    (local.set $end (i32.add (local.get $out) (i32.shl (local.get $stride) (i32.const 3))))
    (loop $row
      (i64.store align=1 (local.get $out) (local.get $bytes))
      (br_if $row (i32.lt_u (local.tee $out (i32.add (local.get $out) (local.get $stride))) (local.get $end)))))

  ;; Turns the block into samples, columns first, and empties it. Each pass does four lines at once and leaves its result
  ;; turned over, so that the other pass finds its lines side by side.
  (func $transform (param $out i32) (param $stride i32)
    (local $from i32) (local $to i32) (local $shift i32) (local $half i32)
    (local $x v128) (local $y v128) (local $z v128) (local $w v128)
    (local $e0 v128) (local $e1 v128) (local $e2 v128) (local $e3 v128)
    (local $o0 v128) (local $o1 v128) (local $o2 v128) (local $o3 v128)
    (local $round v128)
    (local.set $to (i32.const 160))
    (local.set $shift (i32.const 11))
    (loop $pass
      (local.set $round (i32x4.splat (i32.shl (i32.const 1) (i32.sub (local.get $shift) (i32.const 1)))))
      (local.set $half (i32.const 2))
      (loop $lines
        ;; Even part: rows 0 and 4, 2 and 6.
        (local.set $x (v128.load64_zero (local.get $from)))
        (local.set $y (v128.load64_zero offset=64 (local.get $from)))
        (local.set $z (i32x4.shl (i32x4.extend_low_i16x8_s (i16x8.add (local.get $x) (local.get $y))) (i32.const 13)))
        (local.set $w (i32x4.shl (i32x4.extend_low_i16x8_s (i16x8.sub (local.get $x) (local.get $y))) (i32.const 13)))
        (local.set $x (i8x16.shuffle 0 1 16 17 2 3 18 19 4 5 20 21 6 7 22 23
          (v128.load64_zero offset=32 (local.get $from)) (v128.load64_zero offset=96 (local.get $from))))
        (local.set $y (i32x4.dot_i16x8_s (local.get $x) (v128.const i16x8 10703 4433 10703 4433 10703 4433 10703 4433)))
        (local.set $x (i32x4.dot_i16x8_s (local.get $x) (v128.const i16x8 4433 -10704 4433 -10704 4433 -10704 4433 -10704)))
        (local.set $z (i32x4.add (local.get $z) (local.get $round)))
        (local.set $w (i32x4.add (local.get $w) (local.get $round)))
        (local.set $e0 (i32x4.add (local.get $z) (local.get $y)))
        (local.set $e3 (i32x4.sub (local.get $z) (local.get $y)))
        (local.set $e1 (i32x4.add (local.get $w) (local.get $x)))
        (local.set $e2 (i32x4.sub (local.get $w) (local.get $x)))
        ;; Odd part: rows 7 and 1, 5 and 3, and their sums.
        (local.set $x (i8x16.shuffle 0 1 16 17 2 3 18 19 4 5 20 21 6 7 22 23
          (v128.load64_zero offset=112 (local.get $from)) (v128.load64_zero offset=16 (local.get $from))))
        (local.set $y (i8x16.shuffle 0 1 16 17 2 3 18 19 4 5 20 21 6 7 22 23
          (v128.load64_zero offset=80 (local.get $from)) (v128.load64_zero offset=48 (local.get $from))))
        ;; 7 + 3 and 1 + 5, side by side as 7 and 1 are.
        (local.set $z (i16x8.add (local.get $x)
          (i8x16.shuffle 2 3 0 1 6 7 4 5 10 11 8 9 14 15 12 13 (local.get $y) (local.get $y))))
        (local.set $w (i32x4.dot_i16x8_s (local.get $z) (v128.const i16x8 9633 6437 9633 6437 9633 6437 9633 6437)))
        (local.set $z (i32x4.dot_i16x8_s (local.get $z) (v128.const i16x8 -6436 9633 -6436 9633 -6436 9633 -6436 9633)))
        (local.set $o0 (i32x4.add (local.get $w)
          (i32x4.dot_i16x8_s (local.get $x) (v128.const i16x8 -7373 4926 -7373 4926 -7373 4926 -7373 4926))))
        (local.set $o1 (i32x4.add (local.get $z)
          (i32x4.dot_i16x8_s (local.get $y) (v128.const i16x8 -20995 4177 -20995 4177 -20995 4177 -20995 4177))))
        (local.set $o2 (i32x4.add (local.get $w)
          (i32x4.dot_i16x8_s (local.get $y) (v128.const i16x8 -4176 -20995 -4176 -20995 -4176 -20995 -4176 -20995))))
        (local.set $o3 (i32x4.add (local.get $z)
          (i32x4.dot_i16x8_s (local.get $x) (v128.const i16x8 -4927 -7373 -4927 -7373 -4927 -7373 -4927 -7373))))
        ;; Rows 0 and 2, 1 and 3, 4 and 6, 5 and 7 of the result, then turned over.
        (local.set $x (i16x8.narrow_i32x4_s
          (i32x4.shr_s (i32x4.add (local.get $e0) (local.get $o0)) (local.get $shift))
          (i32x4.shr_s (i32x4.add (local.get $e2) (local.get $o2)) (local.get $shift))))
        (local.set $y (i16x8.narrow_i32x4_s
          (i32x4.shr_s (i32x4.add (local.get $e1) (local.get $o1)) (local.get $shift))
          (i32x4.shr_s (i32x4.add (local.get $e3) (local.get $o3)) (local.get $shift))))
        (local.set $z (i16x8.narrow_i32x4_s
          (i32x4.shr_s (i32x4.sub (local.get $e3) (local.get $o3)) (local.get $shift))
          (i32x4.shr_s (i32x4.sub (local.get $e1) (local.get $o1)) (local.get $shift))))
        (local.set $w (i16x8.narrow_i32x4_s
          (i32x4.shr_s (i32x4.sub (local.get $e2) (local.get $o2)) (local.get $shift))
          (i32x4.shr_s (i32x4.sub (local.get $e0) (local.get $o0)) (local.get $shift))))
        (local.set $e0 (i8x16.shuffle 0 1 16 17 2 3 18 19 4 5 20 21 6 7 22 23 (local.get $x) (local.get $y)))
        (local.set $e1 (i8x16.shuffle 8 9 24 25 10 11 26 27 12 13 28 29 14 15 30 31 (local.get $x) (local.get $y)))
        (local.set $e2 (i8x16.shuffle 0 1 16 17 2 3 18 19 4 5 20 21 6 7 22 23 (local.get $z) (local.get $w)))
        (local.set $e3 (i8x16.shuffle 8 9 24 25 10 11 26 27 12 13 28 29 14 15 30 31 (local.get $z) (local.get $w)))
        (local.set $x (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $e0) (local.get $e1)))
        (local.set $y (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $e0) (local.get $e1)))
        (local.set $z (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $e2) (local.get $e3)))
        (local.set $w (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $e2) (local.get $e3)))
        (v128.store (local.get $to)
          (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $x) (local.get $z)))
        (v128.store offset=16 (local.get $to)
          (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $x) (local.get $z)))
        (v128.store offset=32 (local.get $to)
          (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $y) (local.get $w)))
        (v128.store offset=48 (local.get $to)
          (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $y) (local.get $w)))
        (local.set $from (i32.add (local.get $from) (i32.const 8)))
        (local.set $to (i32.add (local.get $to) (i32.const 64)))
        (br_if $lines (local.tee $half (i32.sub (local.get $half) (i32.const 1)))))
      (local.set $from (i32.const 160))
      (local.set $shift (i32.add (local.get $shift) (i32.const 7)))
      (br_if $pass (i32.eq (local.get $shift) (i32.const 18))))
    ;; Samples are kept around 0 until here.
    (local.set $from (i32.const 0))
    (local.set $x (i8x16.splat (i32.const 128)))
    (loop $rows
      (local.set $y (i8x16.add (local.get $x) (i8x16.narrow_i16x8_s
        (v128.load offset=288 (local.get $from)) (v128.load offset=304 (local.get $from)))))
      (v128.store64_lane align=1 0 (local.get $out) (local.get $y))
      (v128.store64_lane align=1 1 (i32.add (local.get $out) (local.get $stride)) (local.get $y))
      (v128.store (local.get $from) (v128.const i32x4 0 0 0 0))
      (v128.store offset=16 (local.get $from) (v128.const i32x4 0 0 0 0))
      (local.set $out (i32.add (local.get $out) (i32.shl (local.get $stride) (i32.const 1))))
      (br_if $rows (i32.lt_u (local.tee $from (i32.add (local.get $from) (i32.const 32))) (i32.const 128)))))

  ;; One row of `count` chroma samples to twice as many, three parts of the nearer to one of the farther. `far` is the row
  ;; above or below, or `near` again where chroma has all rows.
  (func (export "spread") (param $near i32) (param $far i32) (param $to i32) (param $count i32)
      (param $even i32) (param $odd i32)
    (local $i i32) (local $here v128) (local $three v128) (local $before v128) (local $after v128)
    (local.set $three (i16x8.splat (i32.const 3)))
    (local.set $before (i16x8.splat (local.get $even)))
    (local.set $after (i16x8.splat (local.get $odd)))
    (i32.store8 (i32.sub (local.get $near) (i32.const 1)) (i32.load8_u (local.get $near)))
    (i32.store8 (i32.sub (local.get $far) (i32.const 1)) (i32.load8_u (local.get $far)))
    (local.set $i (i32.sub (local.get $count) (i32.const 1)))
    (i32.store8 offset=1 (i32.add (local.get $near) (local.get $i)) (i32.load8_u (i32.add (local.get $near) (local.get $i))))
    (i32.store8 offset=1 (i32.add (local.get $far) (local.get $i)) (i32.load8_u (i32.add (local.get $far) (local.get $i))))
    (local.set $i (i32.const 0))
    (loop $next
      (local.set $here (i16x8.mul (local.get $three) (i16x8.add
        (i16x8.mul (local.get $three) (v128.load8x8_u align=1 (local.get $near)))
        (v128.load8x8_u align=1 (local.get $far)))))
      (v128.store align=1 (local.get $to) (v128.or
        (i16x8.shr_u (i16x8.add (i16x8.add (local.get $here) (local.get $before)) (i16x8.add
          (i16x8.mul (local.get $three) (v128.load8x8_u align=1 (i32.sub (local.get $near) (i32.const 1))))
          (v128.load8x8_u align=1 (i32.sub (local.get $far) (i32.const 1))))) (i32.const 4))
        (i16x8.shl (i16x8.shr_u (i16x8.add (i16x8.add (local.get $here) (local.get $after)) (i16x8.add
          (i16x8.mul (local.get $three) (v128.load8x8_u offset=1 align=1 (local.get $near)))
          (v128.load8x8_u offset=1 align=1 (local.get $far)))) (i32.const 4)) (i32.const 8))))
      (local.set $near (i32.add (local.get $near) (i32.const 8)))
      (local.set $far (i32.add (local.get $far) (i32.const 8)))
      (local.set $to (i32.add (local.get $to) (i32.const 16)))
      (br_if $next (i32.lt_s (local.tee $i (i32.add (local.get $i) (i32.const 8))) (local.get $count)))))

  ;; `count` pixels of three rows to RGB, eight at a time: up to 24 bytes past the last are written. What of a factor does
  ;; not fit 16 bits is added as the sample itself; the pair of 2 and 16384 is the half that rounds.
  (func (export "colour") (param $y i32) (param $cb i32) (param $cr i32) (param $to i32) (param $count i32)
    (local $end i32) (local $luma v128) (local $blue v128) (local $red v128) (local $r v128) (local $g v128) (local $b v128)
    (local $half v128) (local $centre v128)
    (local.set $half (i16x8.splat (i32.const 16384)))
    (local.set $centre (i16x8.splat (i32.const 128)))
    (local.set $end (i32.add (local.get $y) (local.get $count)))
    (loop $next
      (local.set $luma (v128.load8x8_u align=1 (local.get $y)))
      (local.set $blue (i16x8.sub (v128.load8x8_u align=1 (local.get $cb)) (local.get $centre)))
      (local.set $red (i16x8.sub (v128.load8x8_u align=1 (local.get $cr)) (local.get $centre)))
      ;; 1.402
      (local.set $r (i16x8.add (i16x8.add (local.get $luma) (local.get $red)) (i16x8.narrow_i32x4_s
        (i32x4.shr_s (i32x4.dot_i16x8_s
          (i8x16.shuffle 0 1 16 17 2 3 18 19 4 5 20 21 6 7 22 23 (local.get $red) (local.get $half))
          (v128.const i16x8 26345 2 26345 2 26345 2 26345 2)) (i32.const 16))
        (i32x4.shr_s (i32x4.dot_i16x8_s
          (i8x16.shuffle 8 9 24 25 10 11 26 27 12 13 28 29 14 15 30 31 (local.get $red) (local.get $half))
          (v128.const i16x8 26345 2 26345 2 26345 2 26345 2)) (i32.const 16)))))
      ;; 1.772
      (local.set $b (i16x8.add (i16x8.add (local.get $luma) (i16x8.shl (local.get $blue) (i32.const 1)))
        (i16x8.narrow_i32x4_s
          (i32x4.shr_s (i32x4.dot_i16x8_s
            (i8x16.shuffle 0 1 16 17 2 3 18 19 4 5 20 21 6 7 22 23 (local.get $blue) (local.get $half))
            (v128.const i16x8 -14942 2 -14942 2 -14942 2 -14942 2)) (i32.const 16))
          (i32x4.shr_s (i32x4.dot_i16x8_s
            (i8x16.shuffle 8 9 24 25 10 11 26 27 12 13 28 29 14 15 30 31 (local.get $blue) (local.get $half))
            (v128.const i16x8 -14942 2 -14942 2 -14942 2 -14942 2)) (i32.const 16)))))
      ;; -0.34414 and -0.71414
      (local.set $g (i16x8.add (i16x8.sub (local.get $luma) (local.get $red)) (i16x8.narrow_i32x4_s
        (i32x4.shr_s (i32x4.add (v128.const i32x4 32768 32768 32768 32768) (i32x4.dot_i16x8_s
          (i8x16.shuffle 0 1 16 17 2 3 18 19 4 5 20 21 6 7 22 23 (local.get $blue) (local.get $red))
          (v128.const i16x8 -22554 18734 -22554 18734 -22554 18734 -22554 18734))) (i32.const 16))
        (i32x4.shr_s (i32x4.add (v128.const i32x4 32768 32768 32768 32768) (i32x4.dot_i16x8_s
          (i8x16.shuffle 8 9 24 25 10 11 26 27 12 13 28 29 14 15 30 31 (local.get $blue) (local.get $red))
          (v128.const i16x8 -22554 18734 -22554 18734 -22554 18734 -22554 18734))) (i32.const 16)))))
      (local.set $r (i8x16.narrow_i16x8_u (local.get $r) (local.get $g)))
      (local.set $b (i8x16.narrow_i16x8_u (local.get $b) (local.get $b)))
      (v128.store align=1 (local.get $to)
        (i8x16.shuffle 0 8 16 1 9 17 2 10 18 3 11 19 4 12 20 5 (local.get $r) (local.get $b)))
      (v128.store64_lane offset=16 align=1 0 (local.get $to)
        (i8x16.shuffle 13 21 6 14 22 7 15 23 0 0 0 0 0 0 0 0 (local.get $r) (local.get $b)))
      (local.set $cb (i32.add (local.get $cb) (i32.const 8)))
      (local.set $cr (i32.add (local.get $cr) (i32.const 8)))
      (local.set $to (i32.add (local.get $to) (i32.const 24)))
      (br_if $next (i32.lt_u (local.tee $y (i32.add (local.get $y) (i32.const 8))) (local.get $end))))))
