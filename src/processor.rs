//! Functions that are compiled more than once, for vectors and instructions that not all processors have.

/// A function with an arm for each set of features, the best first, and one for any processor: the first arm whose features
/// are all there is what runs. Arms call code that is `#[inline(always)]`, so that it is compiled for their features.
macro_rules! for_processor {
    (
        $(#[$doc:meta])*
        $vis:vis fn $name:ident $(<$generic:ident: $bound:path>)? ($($argument:ident: $type:ty),* $(,)?) $(-> $out:ty)? {
            $($arms:tt)+
        }
    ) => {
        $(#[$doc])*
        $vis fn $name $(<$generic: $bound>)? ($($argument: $type),*) $(-> $out)? {
            for_processor!(
                @arms [$(<$generic: $bound>)? ($($argument: $type),*) $(-> $out)?] ($($argument),*) $($arms)+
            )
        }
    };
    (@arms [$($signature:tt)+] $arguments:tt _ => $call:expr $(,)?) => {
        $call
    };
    (@arms [$($signature:tt)+] $arguments:tt [$($feature:tt),+] => $call:expr, $($others:tt)+) => {{
        #[cfg(target_arch = "x86_64")]
        if $(is_x86_feature_detected!($feature))&&+ {
            #[target_feature($(enable = $feature),+)]
            fn compiled $($signature)+ {
                $call
            }
            // SAFETY: the processor has what is asked of it.
            return unsafe { compiled $arguments };
        }
        for_processor!(@arms [$($signature)+] $arguments $($others)+)
    }};
}

pub(crate) use for_processor;
